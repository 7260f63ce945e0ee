// What @peculiar/x509 is built on looks for it before anything else.
import 'reflect-metadata';

import { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';

import { PemConverter, X509CertificateGenerator } from '@peculiar/x509';
import { expect, test } from 'vitest';

import { createCertificates } from '../../../src/io/certificates/certificates.ts';
import { tempDir } from '../../support/temp-dir.ts';

const request = { workspace: 'shop-abc123', names: [], write: true };

async function kept() {
  const dir = await tempDir();
  const certificates = createCertificates({ XDG_CONFIG_HOME: dir.path });
  return { dir, certificates, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() };
}

/** What a client says that trusts the authority and asks by this name. */
async function handshake({ certFile, keyFile }: { certFile: string; keyFile: string }, ca: string, servername: string) {
  const server = createServer({ cert: await readFile(certFile), key: await readFile(keyFile) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', servername, ca, minVersion: 'TLSv1.2' });
  try {
    await once(socket, 'secureConnect');
    return 'believed';
  } catch (error) {
    return (error as { code?: string }).code;
  } finally {
    socket.destroy();
    server.close();
  }
}

test('a client that trusts the authority believes the certificate for the names of this machine and those declared', async () => {
  await using setting = await kept();
  const { certificates } = setting;
  const made = await certificates.obtain({ ...request, names: ['shop.test', '192.168.7.7'] });
  const ca = await readFile(certificates.authorityFile, 'utf8');
  for (const name of ['localhost', 'shop.test']) expect(await handshake(made, ca, name)).toBe('believed');
  expect(await handshake(made, ca, 'other.test')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  expect(await certificates.trusted()).toEqual([ca]);
});

test('only its user can read the keys', async () => {
  await using setting = await kept();
  const { keyFile } = await setting.certificates.obtain(request);
  const authorityKey = join(setting.dir.path, 'msa', 'ca', 'key.pem');
  for (const file of [keyFile, authorityKey]) expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(join(setting.dir.path, 'msa'))).mode & 0o077).toBe(0);
});

test('a certificate is kept until other names are asked for or its files are spoilt', async () => {
  await using setting = await kept();
  const { certificates } = setting;
  const first = await certificates.obtain(request);
  expect(await certificates.obtain(request)).toEqual(first);
  const named = await certificates.obtain({ ...request, names: ['shop.test'] });
  expect(named.fingerprint).not.toBe(first.fingerprint);
  await writeFile(named.keyFile, 'nothing');
  const again = await certificates.obtain({ ...request, names: ['shop.test'] });
  expect(again.fingerprint).not.toBe(named.fingerprint);
  expect(await handshake(again, await readFile(certificates.authorityFile, 'utf8'), 'localhost')).toBe('believed');
});

test('one of an authority that is gone is made anew', async () => {
  await using setting = await kept();
  const { certificates } = setting;
  const first = await certificates.obtain(request);
  await writeFile(certificates.authorityFile, 'spoilt');
  const again = await certificates.obtain(request);
  expect(again.fingerprint).not.toBe(first.fingerprint);
  expect(await handshake(again, await readFile(certificates.authorityFile, 'utf8'), 'localhost')).toBe('believed');
});

test('without leave to write nothing is written', async () => {
  await using setting = await kept();
  const { fingerprint } = await setting.certificates.obtain({ ...request, write: false });
  expect(fingerprint).not.toBe('');
  expect(await readdir(setting.dir.path)).toEqual([]);
  expect(await setting.certificates.trusted()).toEqual([]);
});

test('workspaces that begin at once share one authority', async () => {
  await using setting = await kept();
  const { certificates } = setting;
  const all = await Promise.all(['a', 'b', 'c'].map((workspace) => certificates.obtain({ ...request, workspace })));
  const ca = await readFile(certificates.authorityFile, 'utf8');
  for (const made of all) expect(await handshake(made, ca, 'localhost')).toBe('believed');
  expect(await readdir(join(setting.dir.path, 'msa'))).toEqual(['ca', 'certificates']);
});

test('what is wrong with a pair of files is said of the file it is wrong with', async () => {
  await using setting = await kept();
  const { certificates } = setting;
  const [one, other] = [await certificates.obtain(request), await certificates.obtain({ ...request, workspace: 'b' })];
  const [cert, key] = [await readFile(one.certFile, 'utf8'), await readFile(one.keyFile, 'utf8')];
  expect(certificates.inspect({ cert, key })).toBe(one.fingerprint);
  expect(certificates.inspect({ cert: 'x', key })).toEqual({ about: 'cert', problem: 'is no certificate in PEM' });
  expect(certificates.inspect({ cert, key: 'x' })).toEqual({ about: 'key', problem: 'is no private key in PEM' });
  expect(certificates.inspect({ cert, key: await readFile(other.keyFile, 'utf8') })).toEqual({
    about: 'key',
    problem: 'belongs to another certificate',
  });
  expect(certificates.inspect({ cert, key: '-----BEGIN ENCRYPTED PRIVATE KEY-----\n' })).toMatchObject({
    about: 'key',
  });
  expect(certificates.inspect(await shortPair())).toEqual({
    about: 'cert',
    problem: expect.stringMatching('is none that a server can be started with: .*too small'),
  });
  expect(certificates.inspect({ cert: ended, key })).toEqual({ about: 'cert', problem: 'ended on 2020-01-02' });
});

/** A certificate whose key is too short for any server. */
async function shortPair() {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]) };
  const keys = await webcrypto.subtle.generateKey({ ...algorithm, modulusLength: 512 }, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({ keys, signingAlgorithm: algorithm }, webcrypto);
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { cert: certificate.toString('pem'), key: PemConverter.encode(key, 'PRIVATE KEY') };
}

/** Of a test long ago. */
const ended = `-----BEGIN CERTIFICATE-----
MIIBCzCBs6ADAgECAgEBMAoGCCqGSM49BAMCMA4xDDAKBgNVBAMTA29sZDAeFw0y
MDAxMDEwMDAwMDBaFw0yMDAxMDIwMDAwMDBaMA4xDDAKBgNVBAMTA29sZDBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABDBQQoMlG7nsQvukpL6WIPiAvQ6n9D+ql9Fg
N68naa4HEsOjmIi4zZq2Oz7qM9FIAtegv+k5kmLnkiJVyROVVF2jAjAAMAoGCCqG
SM49BAMCA0cAMEQCIGN5Wqsx6aJXG81gRK76xKeA1iH1n7ByUYrRIAh6ntv+AiAm
L8wqwD9EK2eJnR6xao1h7Pj8e0hTAaZPa+5PgEZ7MA==
-----END CERTIFICATE-----
`;
