import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

import { MsaError } from '../../model/errors.ts';
import type { Certificate, CertificateRequest, Certificates } from '../../ports/certificates.ts';
import { codeOf, messageOf, writeHint } from '../file-store/errno.ts';
import { inspectPair } from './inspect-pair.ts';
import type { CertificateNames, Issued } from './issue-certificates.ts';

type Env = Readonly<Record<string, string | undefined>>;

const dayMs = 86_400_000;
/** An authority, or a certificate, that ends sooner is made anew. */
const daysLeft = 30;
const machineNames = ['localhost', '127.0.0.1', '::1'];

/** Keeps authority and certificates in the user's configuration directory, where only that user reads the keys. */
export function createCertificates(env: Env): Certificates {
  const base = join(configDirectory(env), 'msa');
  const authorityFile = join(base, 'ca', certName);
  return {
    authorityFile,
    trusted: async () => {
      const extra = env['NODE_EXTRA_CA_CERTS'];
      const read = await Promise.all([readText(authorityFile), extra ? readText(extra) : undefined]);
      return read.filter((text) => text !== undefined);
    },
    obtain: (request) => obtain(base, request),
    inspect: inspectPair,
  };
}

const certName = 'cert.pem';
const keyName = 'key.pem';

function configDirectory(env: Env): string {
  if (env['XDG_CONFIG_HOME']) return env['XDG_CONFIG_HOME'];
  if (process.platform === 'win32' && env['APPDATA']) return env['APPDATA'];
  return join(env['HOME'] || homedir(), '.config');
}

async function obtain(base: string, { workspace, names, write }: CertificateRequest): Promise<Certificate> {
  const directory = join(base, 'certificates', workspace);
  const wanted = namesOf(names);
  const kept = await readPair(join(base, 'ca'));
  const authority = kept !== undefined && lasts(kept) ? kept : undefined;
  const present = await readPair(directory);
  if (authority !== undefined && present !== undefined && isGood(present, authority, wanted))
    return certificateAt(directory, present);
  const { issueAuthority, issueCertificate } = await import('./issue-certificates.ts');
  if (write && kept !== undefined && authority === undefined) await remove(join(base, 'ca'));
  const issuer = authority ?? (await keep(write, join(base, 'ca'), await issueAuthority()));
  const made = await issueCertificate(issuer, wanted);
  if (write) await remove(directory);
  return certificateAt(directory, await keep(write, directory, made));
}

function certificateAt(directory: string, { cert }: Issued): Certificate {
  const { fingerprint256: fingerprint } = new X509Certificate(cert);
  return { certFile: join(directory, certName), keyFile: join(directory, keyName), fingerprint };
}

function lasts({ cert }: Issued): boolean {
  return Date.parse(new X509Certificate(cert).validTo) > Date.now() + daysLeft * dayMs;
}

function namesOf(more: readonly string[]): CertificateNames {
  const all = [...new Set([...machineNames, ...more])];
  return { hosts: all.filter((name) => isIP(name) === 0), addresses: all.filter((name) => isIP(name) !== 0) };
}

function isGood(present: Issued, authority: Issued, { hosts, addresses }: CertificateNames): boolean {
  const certificate = new X509Certificate(present.cert);
  const has = (certificate.subjectAltName ?? '').split(', ');
  const isFor =
    has.length === hosts.length + addresses.length &&
    hosts.every((host) => has.includes(`DNS:${host}`)) &&
    addresses.every((address) => certificate.checkIP(address) !== undefined);
  return isFor && lasts(present) && certificate.verify(new X509Certificate(authority.cert).publicKey);
}

/** Undefined when it is not there, or not whole: then it is made anew. */
async function readPair(directory: string): Promise<Issued | undefined> {
  const [cert, key] = await Promise.all([readText(join(directory, certName)), readText(join(directory, keyName))]);
  if (cert === undefined || key === undefined) return undefined;
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)) ? { cert, key } : undefined;
  } catch {
    return undefined;
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new MsaError('MSA_READ_FAILED', `${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

async function remove(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}

/** Puts a pair in its place as a whole. Of two commands that do so at once the first is the one that counts. */
async function keep(write: boolean, directory: string, pair: Issued): Promise<Issued> {
  if (!write) return pair;
  try {
    await mkdir(dirname(directory), { recursive: true, mode: 0o700 });
    const making = await mkdtemp(`${directory}-`);
    await writeFile(join(making, keyName), pair.key, { mode: 0o600 });
    await writeFile(join(making, certName), pair.cert, { mode: 0o644 });
    return await putInPlace(making, directory, pair);
  } catch (cause) {
    const message = `${directory} cannot be made: ${messageOf(cause)}`;
    throw new MsaError('MSA_WRITE_FAILED', message, { ...writeHint(cause), cause });
  }
}

async function putInPlace(making: string, directory: string, pair: Issued): Promise<Issued> {
  const isTaken = await rename(making, directory).then(
    () => false,
    () => true,
  );
  if (!isTaken) return pair;
  const other = await readPair(directory);
  // What stands there and cannot be used is in nobody's way but ours.
  await remove(other === undefined ? directory : making);
  if (other !== undefined) return other;
  await rename(making, directory);
  return pair;
}
