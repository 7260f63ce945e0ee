/** An amount as Compose takes it: `512m`. */
export function renderBytes(bytes: number): string {
  for (const [unit, size] of units) if (bytes % size === 0) return `${bytes / size}${unit}`;
  return `${bytes}b`;
}

const units = [
  ['g', 1024 ** 3],
  ['m', 1024 ** 2],
  ['k', 1024],
] as const;
