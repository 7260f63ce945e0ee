export const environmentFormats = ['shell', 'dotenv', 'json'] as const;
export type EnvironmentFormat = (typeof environmentFormats)[number];

type Variables = Readonly<Record<string, string>>;

/** Variables as a file that a shell, a dotenv reader or a program takes in; every value survives. */
export function renderEnvironment(variables: Variables, format: EnvironmentFormat): string {
  if (format === 'json') return JSON.stringify(variables, null, 2);
  const quote = format === 'shell' ? forShell : forDotenv;
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${quote(value)}`)
    .join('\n');
}

const plain = /^[\w./@%+=:,-]*$/;

function forShell(value: string): string {
  return plain.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

/** Readers agree on what quotes keep, and on little of what they escape: a quote that the value has not needs no escape. */
function forDotenv(value: string): string {
  if (plain.test(value)) return value;
  if (!value.includes("'")) return `'${value}'`;
  if (!/["\\$]/.test(value)) return `"${value.replaceAll('\n', String.raw`\n`)}"`;
  if (!value.includes('`')) return `\`${value}\``;
  return `"${value.replaceAll(/["\\$]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`;
}
