import type { FastifyInstance } from 'fastify';
import { problem } from '../problem.ts';

// JSON.stringify writes half a surrogate pair as an escape, and a real backslash as two.
const halfCharacter = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** Takes JSON and nothing else. Refuses keys that would reach a prototype, and text that is not Unicode. */
export function addJsonParser(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    // Many clients announce JSON also when they send nothing.
    if (text === '') return done(null, undefined);
    return parse(request, String(text), (error, body) => {
      if (error === null && halfCharacter.test(JSON.stringify(body))) {
        return done(problem('invalid-request', 'The body holds text that is not valid Unicode.'), undefined);
      }
      return done(error, body);
    });
  });
}
