// What @peculiar/x509 is built on looks for it before anything else.
import 'reflect-metadata';

import { randomBytes, webcrypto } from 'node:crypto';
import { hostname, userInfo } from 'node:os';

import * as x509 from '@peculiar/x509';

/** A certificate and its key as PEM. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

/** By which clients may ask for a server. */
export interface CertificateNames {
  readonly hosts: readonly string[];
  readonly addresses: readonly string[];
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 86_400_000;
const authorityDays = 3650;
const certificateDays = 90;
/** Clocks of clients may be behind. */
const earlierMs = 3_600_000;
const serverAuthentication = '1.3.6.1.5.5.7.3.1';

x509.cryptoProvider.set(webcrypto);

/** Makes an authority that can sign certificates of servers, and no further authorities. */
export async function issueAuthority(): Promise<Issued> {
  const keys = await createKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [`msa local CA of ${ownerName()}`] }],
    ...validity(authorityDays),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: certificate.toString('pem'), key: await renderKey(keys.privateKey) };
}

/** Makes a certificate of a server with these names and addresses. */
export async function issueCertificate(authority: Issued, names: CertificateNames): Promise<Issued> {
  const issuer = new x509.X509Certificate(authority.cert);
  const [keys, signingKey, issuerKey] = await Promise.all([
    createKeys(),
    readKey(authority.key),
    issuer.publicKey.export(webcrypto),
  ]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [names.hosts[0] ?? 'localhost'] }],
    issuer: issuer.subject,
    ...validity(certificateDays),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([serverAuthentication]),
      new x509.SubjectAlternativeNameExtension([
        ...names.hosts.map((value) => ({ type: 'dns' as const, value })),
        ...names.addresses.map((value) => ({ type: 'ip' as const, value })),
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(issuerKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: certificate.toString('pem'), key: await renderKey(keys.privateKey) };
}

function createKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function renderKey(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

function readKey(pem: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), algorithm, false, ['sign']);
}

/** Positive, and too long to guess (CA/Browser Forum, 7.1). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function validity(days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - earlierMs), notAfter: new Date(now + days * dayMs) };
}

/** So that people who find it among the authorities they trust know whose it is. */
function ownerName(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return hostname();
  }
}
