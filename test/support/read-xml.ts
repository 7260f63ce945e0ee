import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const program = `
import json, sys, xml.etree.ElementTree as tree
def plain(element):
    return {'name': element.tag, 'attributes': element.attrib, 'children': [plain(child) for child in element], 'text': element.text or ''}
print(json.dumps(plain(tree.fromstring(sys.stdin.buffer.read()))))
`;

/** Reads XML with expat, the parser of Python, and fails where it is not well-formed. */
export function readXml(text: string): XmlElement {
  const element: XmlElement = JSON.parse(
    execFileSync('python3', ['-c', program], { input: text, encoding: 'utf8', maxBuffer: 1024 ** 3 }),
  );
  return element;
}

const hasXmllint = spawnSync('xmllint', ['--version']).error === undefined;
if (!hasXmllint) process.stderr.write('JUnit reports are not held against their schema: there is no xmllint.\n');

/** What a JUnit report does against the schema that Jenkins has of it; empty when it does nothing. */
export function junitProblems(text: string): string {
  if (!hasXmllint) return '';
  const schema = join(import.meta.dirname, '../fixtures/junit.xsd');
  const { status, stderr } = spawnSync('xmllint', ['--noout', '--huge', '--schema', schema, '-'], {
    input: text,
    encoding: 'utf8',
  });
  return status === 0 ? '' : stderr;
}

/** Every element of that name, in the order of the document. */
export function elementsOf(element: XmlElement, name: string): readonly XmlElement[] {
  return [...(element.name === name ? [element] : []), ...element.children.flatMap((child) => elementsOf(child, name))];
}
