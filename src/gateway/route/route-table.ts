import { matchesOf } from '../../protocol/route-match.ts';
import type { RouteMatches } from '../../protocol/route-match.ts';
import { readTarget } from '../http/normal-path.ts';
import { hostOf, isBelow } from './hosts.ts';
import { PathTree } from './path-tree.ts';
import { RuleTest } from './rule-test.ts';
import type { RoutedRequest } from './rule-test.ts';
import { compileRule } from './rule.ts';

interface Entry<T> {
  readonly route: T;
  readonly matches: RouteMatches;
}

interface Wildcard<T> {
  /** `.example.com` */
  readonly suffix: string;
  readonly tree: PathTree<T>;
}

/**
 * All routes in the form in which requests are looked up. Which of several fitting matches counts is the order of
 * Gateway API's HTTPRoute: the host that says most, the exact path, the longest prefix, a method, most fields, most
 * parameters, the first in the file.
 */
export class RouteTable<T> {
  /** Of routes for any host; by far the most usual. */
  private readonly anyHost = new PathTree<T>();
  private readonly hosts = new Map<string, PathTree<T>>();
  /** Longest first. */
  private readonly wildcards: Wildcard<T>[] = [];
  /** Of the request that is being looked up; one for all, since looking up is never interrupted. */
  private readonly test = new RuleTest();

  constructor(entries: readonly Entry<T>[]) {
    for (const { route, matches } of entries) this.add(route, matches);
    this.wildcards.sort((left, right) => right.suffix.length - left.suffix.length);
    for (const tree of [this.anyHost, ...this.hosts.values(), ...this.wildcards.map((each) => each.tree)]) tree.seal();
  }

  /** The route that a request is for; undefined when there is none. */
  find(request: RoutedRequest): T | undefined {
    const { path, authority } = request;
    const { test } = this;
    test.begin(request);
    if (this.hosts.size === 0 && this.wildcards.length === 0) return this.anyHost.find(path, test)?.route;
    const host = hostOf(authority);
    const own = this.hosts.get(host)?.find(path, test);
    if (own) return own.route;
    for (const { suffix, tree } of this.wildcards) {
      const below = isBelow(host, suffix) ? tree.find(path, test) : undefined;
      if (below) return below.route;
    }
    return this.anyHost.find(path, test)?.route;
  }

  private add(route: T, matches: RouteMatches): void {
    const trees = matches.hosts === undefined ? [this.anyHost] : matches.hosts.map((host) => this.treeOf(host));
    for (const match of matchesOf(matches)) {
      const rule = compileRule(route, match);
      const exact = match.exact === true;
      for (const tree of trees) tree.add(exact ? normalPath(match.path) : prefixOf(match.path), exact, rule);
    }
  }

  private treeOf(written: string): PathTree<T> {
    const host = written.toLowerCase();
    if (!host.startsWith('*.')) {
      const tree = this.hosts.get(host) ?? new PathTree<T>();
      this.hosts.set(host, tree);
      return tree;
    }
    const suffix = host.slice(1);
    const known = this.wildcards.find((each) => each.suffix === suffix);
    if (known) return known.tree;
    const tree = new PathTree<T>();
    this.wildcards.push({ suffix, tree });
    return tree;
  }
}

/** A prefix in the form in which paths of requests are compared with it; the root is the empty text. */
function prefixOf(path: string): string {
  return normalPath(path).replace(/\/+$/, '');
}

function normalPath(path: string): string {
  const target = readTarget(path.startsWith('/') ? path : `/${path}`);
  return 'path' in target ? target.path : path;
}
