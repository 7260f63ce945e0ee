/** Where something stands in a document: keys of mappings and indexes of lists, from the root. */
export type Path = readonly (string | number)[];

/** One thing wrong with `msa.yaml`, ready to be printed as `file:line:column message`. */
export interface Problem {
  readonly file: string;
  /** Counted from 1, as editors do. */
  readonly line: number;
  readonly column: number;
  /** As in `services.orders.calls[1]`; empty for the whole file. */
  readonly path: string;
  /** What is wrong and why, in full sentences. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** A problem as a check sees it: by its path, not knowing lines. */
export interface Finding {
  readonly path: Path;
  /** What to point at: the value when left out, or an offset of the text. */
  readonly at?: 'key' | 'value' | number;
  readonly message: string;
  readonly hint?: string | undefined;
  /** The other place that is part of the problem; the message gets its line. */
  readonly other?: Path | number;
  /** The value could not be read, so what the schema says about it means nothing. */
  readonly unreadable?: true;
}

/** Writes a path as a reader would: `services.orders.calls[1]`. Different paths never give the same text. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w-]+$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}
