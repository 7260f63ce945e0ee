import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';

import type { Certificates, PairProblem } from '../../ports/certificates.ts';
import { messageOf } from '../file-store/errno.ts';

/** Looks at a certificate and its key as a server would, before one is started with them. */
export const inspectPair: Certificates['inspect'] = ({ cert, key }) => {
  const certificate = parse(() => new X509Certificate(cert));
  if (certificate === undefined) return problem('cert', 'is no certificate in PEM');
  const privateKey = parse(() => createPrivateKey(key));
  if (privateKey === undefined) return problem('key', describeKey(key));
  return (
    validityProblem(certificate, Date.now()) ??
    matchProblem(certificate, privateKey) ??
    serverProblem({ cert, key }) ??
    certificate.fingerprint256
  );
};

function validityProblem({ validFrom, validTo }: X509Certificate, now: number): PairProblem | undefined {
  if (now > Date.parse(validTo)) return problem('cert', `ended on ${day(validTo)}`);
  return now < Date.parse(validFrom) ? problem('cert', `begins only on ${day(validFrom)}`) : undefined;
}

function matchProblem(certificate: X509Certificate, key: KeyObject): PairProblem | undefined {
  return certificate.checkPrivateKey(key) ? undefined : problem('key', 'belongs to another certificate');
}

/** Such as a key that is too short to be safe, or a chain that cannot be read. */
function serverProblem(pair: { readonly cert: string; readonly key: string }): PairProblem | undefined {
  try {
    // Loaded here: few commands have to do with TLS.
    process.getBuiltinModule('node:tls').createSecureContext(pair);
    return undefined;
  } catch (error) {
    return problem('cert', `is none that a server can be started with: ${messageOf(error)}`);
  }
}

function describeKey(text: string): string {
  if (/ENCRYPTED/.test(text)) return 'is encrypted, and nobody could give its password when the gateway starts';
  return 'is no private key in PEM';
}

function problem(about: PairProblem['about'], text: string): PairProblem {
  return { about, problem: text };
}

function day(date: string): string {
  return new Date(date).toISOString().slice(0, 10);
}

function parse<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
