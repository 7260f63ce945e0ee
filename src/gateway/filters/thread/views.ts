import type { ProblemFacts, RequestFacts, ResponseFacts } from '../messages.ts';
import { FieldList } from './field-list.ts';

/** A request as a filter sees it. What it may change has a setter; all else cannot be written. */
export class RequestView {
  readonly method: string;
  readonly headers: FieldList;
  /** The path and the query as they are to be, where they were changed. */
  readonly changed: { path?: string; query?: string } = {};
  private currentPath: string;
  private currentQuery: string;

  constructor({ fields, path, query }: RequestFacts, method: string) {
    this.method = method;
    this.headers = new FieldList(fields);
    this.currentPath = path;
    this.currentQuery = query;
  }

  get path(): string {
    return this.currentPath;
  }

  set path(value: unknown) {
    const text = String(value);
    if (!/^\/(?!\/)[!-"$->@-~]*$/.test(text)) throw new TypeError(`${quoted(text)} is no path`);
    this.currentPath = text;
    this.changed.path = text;
  }

  get query(): string {
    return this.currentQuery;
  }

  set query(value: unknown) {
    const text = String(value).replace(/^\?/, '');
    if (!/^[!-"$-~]*$/.test(text)) throw new TypeError(`${quoted(text)} is no query: escape it`);
    this.currentQuery = text;
    this.changed.query = text;
  }
}

/** An answer as a filter sees it. */
export class ResponseView {
  readonly headers: FieldList;
  readonly changed: { status?: number; body?: Uint8Array } = {};
  private currentStatus: number;
  private currentBody: Uint8Array | undefined;

  constructor({ status, fields, body }: ResponseFacts) {
    this.currentStatus = status;
    this.headers = new FieldList(fields);
    this.currentBody = body;
  }

  get status(): number {
    return this.currentStatus;
  }

  set status(value: unknown) {
    this.currentStatus = checkedStatus(value, 200);
    this.changed.status = this.currentStatus;
  }

  get body(): Uint8Array {
    if (this.currentBody === undefined) throw new TypeError('the filter reads bodies only if it has maxBodyBytes');
    return this.currentBody;
  }

  text(): string {
    return new TextDecoder().decode(this.body);
  }

  json(): unknown {
    return JSON.parse(this.text()) as unknown;
  }

  replaceBody(content: unknown): void {
    if (this.currentBody === undefined) throw new TypeError('the filter changes bodies only if it has maxBodyBytes');
    this.currentBody = bytesOf(content);
    this.changed.body = this.currentBody;
  }

  replaceJson(value: unknown): void {
    this.replaceBody(JSON.stringify(value));
    this.headers.set('content-type', 'application/json');
  }
}

/** A problem document that can be written. */
export function problemView({ problem }: ProblemFacts): Record<string, unknown> {
  return { ...problem };
}

export function bytesOf(content: unknown): Uint8Array {
  if (content instanceof Uint8Array) return content;
  if (typeof content === 'string') return new TextEncoder().encode(content);
  throw new TypeError('a body must be a text or a Uint8Array');
}

export function checkedStatus(value: unknown, least: number): number {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= 599) return Number(value);
  throw new TypeError(`a status must be a number from ${least} to 599`);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
