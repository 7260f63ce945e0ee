import { problemAt } from '../../model/parse-workspace.ts';
import { publicHost } from '../../plan/public-host.ts';
import type { Certificate } from '../../ports/certificates.ts';
import { invalidWorkspace, workspaceFile, type OpenWorkspace } from '../open-workspace.ts';
import { joinPath } from '../paths.ts';
import type { Subject } from './subject.ts';
import type { SystemDeps } from './system-deps.ts';

type Deps = Pick<SystemDeps, 'files' | 'certificates'>;

/** The certificate of the public listener: msa's, or the user's own if a server can be started with it. */
export async function gatewayCertificate(
  deps: Deps,
  { opened, place }: Pick<Subject, 'opened' | 'place'>,
  { write }: { readonly write: boolean },
): Promise<Certificate | undefined> {
  const { tls, bind } = opened.workspace.gateway;
  if (tls === undefined) return undefined;
  if (tls.kind === 'local')
    return deps.certificates.obtain({ workspace: place.workspace, names: [...tls.names, ...ownAddress(bind)], write });
  return ownCertificate(deps, opened, tls);
}

/** An address of this machine that the gateway is bound to, and so is reached by. */
function ownAddress(bind: string): readonly string[] {
  return publicHost(bind) === 'localhost' ? [] : [bind];
}

async function ownCertificate(
  { files, certificates }: Deps,
  opened: OpenWorkspace,
  paths: { readonly cert: string; readonly key: string },
): Promise<Certificate> {
  const [certFile, keyFile] = [joinPath(opened.root, paths.cert), joinPath(opened.root, paths.key)];
  const [cert, key] = await Promise.all([files.read(certFile), files.read(keyFile)]);
  if (cert === undefined) throw wrongPair(opened, 'cert', `${paths.cert} does not exist.`);
  if (key === undefined) throw wrongPair(opened, 'key', `${paths.key} does not exist.`);
  const found = certificates.inspect({ cert, key });
  if (typeof found !== 'string') throw wrongPair(opened, found.about, `${paths[found.about]} ${found.problem}.`);
  return { certFile, keyFile, fingerprint: found };
}

function wrongPair({ text }: OpenWorkspace, about: 'cert' | 'key', message: string): Error {
  return invalidWorkspace([problemAt(text, { file: workspaceFile }, { path: ['gateway', 'tls', about], message })]);
}
