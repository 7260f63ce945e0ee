import type { Feature } from '../../pipeline/feature.ts';
import { changePath, prefixInFront } from '../change-path.ts';
import { demand, demandHost, demandPathChange } from './sound.ts';

/** Asks services for another host or path than the client did, and tells them which prefix was taken away. */
export function createRewrite(): Feature {
  return {
    name: 'rewrite',
    compile({ policy }) {
      if (!policy.rewrite) return undefined;
      demand(typeof policy.rewrite === 'object', 'the rewrite');
      const { host, path } = policy.rewrite;
      demandHost(host, 'rewrite');
      demandPathChange(path, 'rewrite');
      const prefix = path && prefixInFront(path);
      return {
        step(incoming) {
          if (host !== undefined) incoming.onwardAuthority = host;
          if (path) incoming.onwardPath = changePath(incoming.onwardPath, path);
          if (prefix !== undefined) incoming.head.fields.push('x-forwarded-prefix', prefix);
          return undefined;
        },
      };
    },
  };
}
