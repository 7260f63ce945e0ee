// Pairs of documents with what we say of them, and where the other judge says something else, why.

/** The part of a document that differs; the rest is the same everywhere. */
export interface Pair {
  readonly name: string;
  readonly from: object;
  readonly to: object;
  /** The rules that must be broken, and no others; none: nothing breaks. */
  readonly rules: readonly string[];
  /** Only where oasdiff says something else of whether anything breaks. */
  readonly differs?: string;
}

type Schema = object | boolean;

const text = { type: 'string' };
const whole = { type: 'integer' };

/** A document with one operation. */
function doc(operation: object, more: object = {}): object {
  return {
    openapi: '3.1.0',
    info: { title: 'Orders', version: '1.0.0' },
    paths: { '/orders': { get: { responses: { 200: { description: 'ok' } }, ...operation } } },
    ...more,
  };
}

const json = (schema: Schema): object => ({ content: { 'application/json': { schema } } });
const answer = (schema: Schema, more?: object): object =>
  doc({ responses: { 200: { description: 'ok', ...json(schema) } } }, more);
const asked = (schema: Schema, more?: object): object => {
  const { paths, ...rest } = doc({}, more) as { paths: Record<string, Record<string, object>> };
  return {
    ...rest,
    paths: { '/orders': { post: { ...paths['/orders']?.['get'], requestBody: { required: true, ...json(schema) } } } },
  };
};
const withParameters = (...parameters: readonly object[]): object => doc({ parameters });
const query = (schema: object, more: object = {}): object => ({ name: 'limit', in: 'query', schema, ...more });
const fields = (properties: object, required: readonly string[] = [], more: object = {}): object => ({
  type: 'object',
  properties,
  required,
  ...more,
});
const prop = (schema: Schema): object => fields({ total: schema });
const v30 = (document: object): object => ({ ...document, openapi: '3.0.3' });
const paths = (value: object): object => doc({}, { paths: value });
const ok = { responses: { 200: { description: 'ok' } } };
const secured = (security: readonly object[], schemes: object): object =>
  doc({ security }, { components: { securitySchemes: schemes } });
const key = { type: 'apiKey', in: 'header', name: 'X-Key' };
const bearer = { type: 'http', scheme: 'bearer' };
const oauth = {
  type: 'oauth2',
  flows: { clientCredentials: { tokenUrl: 'https://id.example.com/token', scopes: { read: 'r', write: 'w' } } },
};

const same = (name: string, from: object, to: object): Pair => ({ name, from, to, rules: [] });
const breaks = (name: string, ends: readonly [object, object], ...rules: readonly string[]): Pair => ({
  name,
  from: ends[0],
  to: ends[1],
  rules,
});
const but = (pair: Pair, differs: string): Pair => ({ ...pair, differs });

/** Both directions of one change of a property's schema: which of them breaks, and by which rule. */
function narrowing(name: string, [wide, narrow]: readonly [Schema, Schema], family: string): readonly Pair[] {
  return [
    breaks(`request: ${name} narrowed`, [asked(prop(wide)), asked(prop(narrow))], `request-${family}-narrowed`),
    same(`request: ${name} widened`, asked(prop(narrow)), asked(prop(wide))),
    breaks(`response: ${name} widened`, [answer(prop(narrow)), answer(prop(wide))], `response-${family}-widened`),
    same(`response: ${name} narrowed`, answer(prop(wide)), answer(prop(narrow))),
  ];
}

const pathPairs: readonly Pair[] = [
  same('nothing changes', doc({}), doc({})),
  breaks(
    'a path goes',
    [paths({ '/a': { get: ok }, '/b': { get: ok } }), paths({ '/a': { get: ok } })],
    'path-removed',
  ),
  breaks('a method goes', [paths({ '/a': { get: ok, put: ok } }), paths({ '/a': { get: ok } })], 'method-removed'),
  but(
    breaks(
      'a deprecated method goes',
      [paths({ '/a': { get: ok, put: { ...ok, deprecated: true } } }), paths({ '/a': { get: ok } })],
      'method-removed',
    ),
    'who has not moved yet breaks all the same; that it was announced is told with the finding',
  ),
  same('a path comes', paths({ '/a': { get: ok } }), paths({ '/a': { get: ok }, '/b': { get: ok } })),
  same('a method comes', paths({ '/a': { get: ok } }), paths({ '/a': { get: ok, put: ok } })),
  same(
    'a parameter of a path gets another name',
    paths({ '/a/{id}': { get: { ...ok, parameters: [{ name: 'id', in: 'path', required: true, schema: text }] } } }),
    paths({ '/a/{key}': { get: { ...ok, parameters: [{ name: 'key', in: 'path', required: true, schema: text }] } } }),
  ),
  same(
    'descriptions, tags, names and extensions change',
    doc({ operationId: 'a', tags: ['x'], 'x-a': 1 }),
    doc({ operationId: 'b', summary: 's' }),
  ),
  but(
    breaks(
      'the base path changes',
      [
        doc({}, { servers: [{ url: 'https://a.example.com/v1' }] }),
        doc({}, { servers: [{ url: 'https://b.example.com/v2' }] }),
      ],
      'server-path-removed',
    ),
    'it takes servers for a matter of deployment; here callers have the host from elsewhere and only the path from the document',
  ),
];

const parameterPairs: readonly Pair[] = [
  breaks(
    'a required parameter comes',
    [doc({}), withParameters(query(text, { required: true }))],
    'parameter-required-added',
  ),
  same('an optional parameter comes', doc({}), withParameters(query(text))),
  but(
    breaks('an optional parameter goes', [withParameters(query(text)), doc({})], 'parameter-removed'),
    'it only warns; a filter that is silently not applied any more gives callers what they did not ask for',
  ),
  breaks(
    'a parameter becomes required',
    [withParameters(query(text)), withParameters(query(text, { required: true }))],
    'parameter-became-required',
  ),
  same('a parameter becomes optional', withParameters(query(text, { required: true })), withParameters(query(text))),
  breaks(
    'a required parameter moves from the query to a header',
    [
      withParameters(query(text, { required: true })),
      withParameters({ ...query(text, { required: true }), in: 'header' }),
    ],
    'parameter-moved',
  ),
  breaks(
    'the type of a parameter changes',
    [withParameters(query(text)), withParameters(query(whole))],
    'request-type-narrowed',
  ),
  same('the type of a parameter widens', withParameters(query(whole)), withParameters(query({ type: 'number' }))),
  breaks(
    'a maximum comes',
    [withParameters(query(whole)), withParameters(query({ ...whole, maximum: 5 }))],
    'request-bound-narrowed',
  ),
  breaks(
    'a minimum rises',
    [withParameters(query({ ...whole, minimum: 1 })), withParameters(query({ ...whole, minimum: 5 }))],
    'request-bound-narrowed',
  ),
  same(
    'a maximum rises',
    withParameters(query({ ...whole, maximum: 5 })),
    withParameters(query({ ...whole, maximum: 9 })),
  ),
  breaks(
    'a value of an enum goes',
    [withParameters(query({ ...text, enum: ['a', 'b'] })), withParameters(query({ ...text, enum: ['a'] }))],
    'request-enum-narrowed',
  ),
  same(
    'a value of an enum comes',
    withParameters(query({ ...text, enum: ['a'] })),
    withParameters(query({ ...text, enum: ['a', 'b'] })),
  ),
  breaks(
    'a pattern comes',
    [withParameters(query(text)), withParameters(query({ ...text, pattern: '^a' }))],
    'request-pattern-narrowed',
  ),
  but(
    breaks(
      'a default changes',
      [withParameters(query({ ...whole, default: 5 })), withParameters(query({ ...whole, default: 9 }))],
      'parameter-default-changed',
    ),
    'to it a default is a remark; to a caller who leaves the parameter out it is the answer',
  ),
  same(
    'a default is told for the first time',
    withParameters(query(whole)),
    withParameters(query({ ...whole, default: 5 })),
  ),
  but(
    breaks(
      'a list is written another way',
      [
        withParameters(query({ type: 'array', items: text }, { style: 'form' })),
        withParameters(query({ type: 'array', items: text }, { style: 'pipeDelimited' })),
      ],
      'parameter-style-changed',
    ),
    'it does not look at `style` and `explode`',
  ),
  same(
    'a header is written in capitals',
    withParameters({ ...query(text), in: 'header', name: 'x-user' }),
    withParameters({ ...query(text), in: 'header', name: 'X-User' }),
  ),
  same('an optional header comes', doc({}), withParameters({ ...query(text), in: 'header' })),
];

const bodyPairs: readonly Pair[] = [
  breaks(
    'a body becomes required',
    [doc({ requestBody: json(text) }), doc({ requestBody: { required: true, ...json(text) } })],
    'request-body-required',
  ),
  same(
    'a body becomes optional',
    doc({ requestBody: { required: true, ...json(text) } }),
    doc({ requestBody: json(text) }),
  ),
  breaks(
    'a required body comes',
    [doc({}), doc({ requestBody: { required: true, ...json(text) } })],
    'request-body-required',
  ),
  same('an optional body comes', doc({}), doc({ requestBody: json(text) })),
  breaks(
    'a media type of a body goes',
    [
      doc({ requestBody: { content: { 'application/json': { schema: text }, 'text/plain': { schema: text } } } }),
      doc({ requestBody: json(text) }),
    ],
    'request-media-type-removed',
  ),
  breaks(
    'a required property comes',
    [asked(fields({})), asked(fields({ total: whole }, ['total']))],
    'request-property-required-added',
  ),
  same('an optional property comes', asked(fields({})), asked(prop(whole))),
  breaks(
    'a property becomes required',
    [asked(prop(whole)), asked(fields({ total: whole }, ['total']))],
    'request-property-became-required',
  ),
  same('a property becomes optional', asked(fields({ total: whole }, ['total'])), asked(prop(whole))),
  but(
    breaks('a property is not taken any more', [asked(prop(whole)), asked(fields({}))], 'request-property-removed'),
    'it only warns; what callers send is silently lost, or refused',
  ),
  same(
    'a required property is only for answers',
    asked(fields({})),
    asked(fields({ id: { ...text, readOnly: true } }, ['id'])),
  ),
];

const responsePairs: readonly Pair[] = [
  breaks(
    'a status of success goes',
    [doc({ responses: { 200: { description: '' }, 202: { description: '' } } }), doc({})],
    'response-status-removed',
  ),
  same('a status of failure goes', doc({ responses: { 200: { description: '' }, 404: { description: '' } } }), doc({})),
  same('a status comes', doc({}), doc({ responses: { 200: { description: '' }, 404: { description: '' } } })),
  breaks(
    'a media type of an answer goes',
    [
      doc({
        responses: {
          200: { description: '', content: { 'application/json': { schema: text }, 'text/csv': { schema: text } } },
        },
      }),
      answer(text),
    ],
    'response-media-type-removed',
  ),
  breaks(
    'a required property goes',
    [answer(fields({ total: whole }, ['total'])), answer(fields({}))],
    'response-property-removed',
  ),
  but(
    breaks('an optional property goes', [answer(prop(whole)), answer(fields({}))], 'response-property-removed'),
    'it only warns; a caller that shows it has nothing to show any more',
  ),
  breaks(
    'a property may be missing',
    [answer(fields({ total: whole }, ['total'])), answer(prop(whole))],
    'response-property-became-optional',
  ),
  same('a property is always there', answer(prop(whole)), answer(fields({ total: whole }, ['total']))),
  same('a property comes', answer(fields({})), answer(prop(whole))),
  same(
    'a required property that is only for requests goes',
    answer(fields({ key: { ...text, writeOnly: true } }, ['key'])),
    answer(fields({})),
  ),
  breaks(
    'a required header goes',
    [doc({ responses: { 200: { description: '', headers: { ETag: { required: true, schema: text } } } } }), doc({})],
    'response-header-removed',
  ),
  but(
    breaks(
      'an optional header goes',
      [doc({ responses: { 200: { description: '', headers: { ETag: { schema: text } } } } }), doc({})],
      'response-header-removed',
    ),
    'it only warns; hardly a document says of a header that it is required',
  ),
  same(
    'a header comes',
    doc({}),
    doc({ responses: { 200: { description: '', headers: { ETag: { schema: text } } } } }),
  ),
];

const schemaPairs: readonly Pair[] = [
  ...narrowing('type', [{ type: 'number' }, whole], 'type'),
  ...narrowing('null', [{ type: ['string', 'null'] }, text], 'type'),
  ...narrowing(
    'enum',
    [
      { ...text, enum: ['a', 'b'] },
      { ...text, enum: ['a'] },
    ],
    'enum',
  ),
  ...narrowing(
    'maxLength',
    [
      { ...text, maxLength: 9 },
      { ...text, maxLength: 5 },
    ],
    'bound',
  ),
  ...narrowing(
    'minLength',
    [
      { ...text, minLength: 1 },
      { ...text, minLength: 5 },
    ],
    'bound',
  ),
  ...narrowing(
    'maximum',
    [
      { ...whole, maximum: 9 },
      { ...whole, maximum: 5 },
    ],
    'bound',
  ),
  ...narrowing(
    'minItems',
    [
      { type: 'array', items: text, minItems: 1 },
      { type: 'array', items: text, minItems: 2 },
    ],
    'bound',
  ),
  ...narrowing(
    'int32 and int64',
    [
      { ...whole, format: 'int64' },
      { ...whole, format: 'int32' },
    ],
    'format',
  ),
  breaks(
    'another format is asked for',
    [asked(prop({ ...text, format: 'date' })), asked(prop({ ...text, format: 'date-time' }))],
    'request-format-narrowed',
  ),
  breaks(
    'another format is answered',
    [answer(prop({ ...text, format: 'date' })), answer(prop({ ...text, format: 'date-time' }))],
    'response-format-widened',
  ),
  breaks('a text becomes a number', [answer(prop(text)), answer(prop(whole))], 'response-type-widened'),
  breaks(
    'an answer may be null',
    [v30(answer(prop(text))), v30(answer(prop({ ...text, nullable: true })))],
    'response-type-widened',
  ),
  breaks(
    'null is not taken any more',
    [v30(asked(prop({ ...text, nullable: true }))), v30(asked(prop(text)))],
    'request-type-narrowed',
  ),
  but(
    same(
      'nullable becomes a type',
      answer(prop({ type: ['string', 'null'] })),
      answer(prop({ anyOf: [text, { type: 'null' }] })),
    ),
    'it tells alternatives and types apart even where they say the same',
  ),
  breaks(
    'items of a list change',
    [answer({ type: 'array', items: fields({ a: text }, ['a']) }), answer({ type: 'array', items: fields({}) })],
    'response-property-removed',
  ),
  same(
    'properties move into allOf',
    answer(fields({ a: text, b: text }, ['a'])),
    answer({ allOf: [fields({ a: text }, ['a']), fields({ b: text })] }),
  ),
  breaks(
    'a property goes from allOf',
    [
      answer({ allOf: [fields({ a: text }, ['a']), fields({ b: text }, ['b'])] }),
      answer({ allOf: [fields({ a: text }, ['a'])] }),
    ],
    'response-property-removed',
  ),
  breaks(
    'an alternative is not taken any more',
    [asked({ oneOf: [text, whole] }), asked({ oneOf: [text] })],
    'request-schema-narrowed',
  ),
  same(
    'an alternative is taken',
    asked({ oneOf: [text, whole] }),
    asked({ oneOf: [text, whole, { type: 'boolean' }] }),
  ),
  breaks(
    'another alternative is answered',
    [answer({ oneOf: [text, whole] }), answer({ oneOf: [text, whole, { type: 'boolean' }] })],
    'response-schema-widened',
  ),
  same(
    'an alternative is not answered any more',
    answer({ oneOf: [text, whole, { type: 'boolean' }] }),
    answer({ oneOf: [text, whole] }),
  ),
  breaks(
    'items must be unique',
    [asked(prop({ type: 'array', items: text })), asked(prop({ type: 'array', items: text, uniqueItems: true }))],
    'request-schema-narrowed',
  ),
  but(
    breaks(
      'other properties are refused',
      [asked(fields({ a: text })), asked(fields({ a: text }, [], { additionalProperties: false }))],
      'request-schema-narrowed',
    ),
    'it does not look at `additionalProperties: false`; what was taken is refused',
  ),
  breaks(
    'the pattern of an answer goes',
    [answer(prop({ ...text, pattern: '^a' })), answer(prop(text))],
    'response-pattern-widened',
  ),
];

const tree = (more: object): object => ({
  components: {
    schemas: {
      Node: fields(
        { children: { type: 'array', items: { $ref: '#/components/schemas/Node' } }, ...more },
        Object.keys(more),
      ),
    },
  },
});
const node = { $ref: '#/components/schemas/Node' };

const referencePairs: readonly Pair[] = [
  same('a schema that contains itself stays', answer(node, tree({ id: text })), answer(node, tree({ id: text }))),
  breaks(
    'a property of a schema that contains itself goes',
    [answer(node, tree({ id: text })), answer(node, tree({}))],
    'response-property-removed',
  ),
  same(
    'a schema moves into components',
    answer(fields({ id: text }, ['id'])),
    answer({ $ref: '#/components/schemas/A' }, { components: { schemas: { A: fields({ id: text }, ['id']) } } }),
  ),
  same('a schema nobody uses goes', answer(text, tree({})), answer(text)),
];

const securityPairs: readonly Pair[] = [
  breaks('credentials are asked for', [secured([], { key }), secured([{ key: [] }], { key })], 'security-narrowed'),
  same('no credentials are asked for any more', secured([{ key: [] }], { key }), secured([], { key })),
  breaks(
    'other credentials are asked for',
    [secured([{ key: [] }], { key, bearer }), secured([{ bearer: [] }], { key, bearer })],
    'security-narrowed',
  ),
  same(
    'other credentials suffice too',
    secured([{ key: [] }], { key, bearer }),
    secured([{ key: [] }, { bearer: [] }], { key, bearer }),
  ),
  breaks(
    'another scope is needed',
    [secured([{ oauth: ['read'] }], { oauth }), secured([{ oauth: ['read', 'write'] }], { oauth })],
    'security-narrowed',
  ),
  but(
    same('a scheme gets another name', secured([{ key: [] }], { key }), secured([{ token: [] }], { token: key })),
    'names of schemes are never sent',
  ),
];

const paid = (schema: Schema): object => ({
  post: { requestBody: json(schema), responses: { 200: { description: '' } } },
});
const components = (value: object): object => ({ components: value });
const answers = (status: string, schema: Schema = text): object =>
  doc({ responses: { [status]: { description: '', ...json(schema) } } });
const typed = (type: string, schema: Schema = text): object =>
  doc({ responses: { 200: { description: '', content: { [type]: { schema } } } } });

const lessUsualPairs: readonly Pair[] = [
  same(
    'a parameter moves from an operation to its path',
    paths({ '/a': { get: { ...ok, parameters: [query(text)] } } }),
    paths({ '/a': { parameters: [query(text)], get: ok } }),
  ),
  same(
    'a parameter moves into components',
    withParameters(query(text)),
    doc(
      { parameters: [{ $ref: '#/components/parameters/Limit' }] },
      components({ parameters: { Limit: query(text) } }),
    ),
  ),
  breaks(
    'a parameter of components changes',
    [
      doc(
        { parameters: [{ $ref: '#/components/parameters/Limit' }] },
        components({ parameters: { Limit: query(text) } }),
      ),
      doc(
        { parameters: [{ $ref: '#/components/parameters/Limit' }] },
        components({ parameters: { Limit: query(whole) } }),
      ),
    ],
    'request-type-narrowed',
  ),
  breaks(
    'a response of components changes',
    [
      doc(
        { responses: { 200: { $ref: '#/components/responses/Ok' } } },
        components({ responses: { Ok: { description: '', ...json(text) } } }),
      ),
      doc(
        { responses: { 200: { $ref: '#/components/responses/Ok' } } },
        components({ responses: { Ok: { description: '', ...json(whole) } } }),
      ),
    ],
    'response-type-widened',
  ),
  breaks(
    'the schema of an error changes',
    [answers('404', prop(text)), answers('404', prop(whole))],
    'response-type-widened',
  ),
  same('a range of statuses becomes one of them', answers('2XX'), answers('200')),
  but(
    same('a status becomes its range', answers('200'), answers('2XX')),
    'the range still holds the status, and a status more breaks nobody elsewhere either',
  ),
  but(
    breaks('the one answer that there is goes', [answers('default'), answers('404')], 'response-status-removed'),
    'it does not take `default` for success where nothing else is told',
  ),
  same('the charset of a media type is told', typed('application/json'), typed('application/json; charset=utf-8')),
  breaks(
    'a media type gets another version',
    [typed('application/vnd.a.v1+json'), typed('application/vnd.a.v2+json')],
    'response-media-type-removed',
  ),
  but(
    same('any media type becomes one of them', typed('*/*'), typed('application/json')),
    'it compares the texts; who was ready for anything is ready for this',
  ),
  but(
    same('a type is left out beside properties', answer(prop(text)), answer({ properties: { total: text } })),
    'who writes `properties` does not mean that a text fits too',
  ),
  but(
    same('a type is left out beside items', answer({ type: 'array', items: text }), answer({ items: text })),
    'who writes `items` does not mean that a text fits too',
  ),
  but(
    breaks(
      'what is in a list is not told any more',
      [answer({ type: 'array', items: text }), answer({ type: 'array' })],
      'response-type-widened',
    ),
    'it does not notice that `items` is gone',
  ),
  breaks('a body is not described any more', [answer(prop(text)), answer({})], 'response-type-widened'),
  breaks('anything is taken, then a text alone', [asked({}), asked(text)], 'request-type-narrowed'),
  but(
    same('a constant becomes an enum of one', answer(prop({ const: 'a' })), answer(prop({ ...text, enum: ['a'] }))),
    'both say the same',
  ),
  breaks('a constant changes', [answer(prop({ const: 'a' })), answer(prop({ const: 'b' }))], 'response-enum-widened'),
  but(
    breaks(
      'a reference may be null',
      [
        v30(answer(prop(node), tree({ id: text }))),
        v30(answer(prop({ allOf: [node], nullable: true }), tree({ id: text }))),
      ],
      'response-type-widened',
    ),
    'it loses `nullable` beside `allOf`',
  ),
  but(
    same(
      'a reference may be null in the words of 3.1',
      answer(prop({ anyOf: [node, { type: 'null' }] }), tree({ id: text })),
      answer(prop({ oneOf: [{ type: 'null' }, node] }), tree({ id: text })),
    ),
    'both say: this one, or null',
  ),
  same(
    'one schema becomes one of several that are taken',
    asked(node, tree({ id: text })),
    asked({ oneOf: [node, whole] }, tree({ id: text })),
  ),
  but(
    breaks(
      'one schema becomes one of several that are answered',
      [answer(node, tree({ id: text })), answer({ oneOf: [node, whole] }, tree({ id: text }))],
      'response-schema-widened',
    ),
    'it sees a new alternative only where there were some before',
  ),
  breaks(
    'values of a map change',
    [answer({ type: 'object', additionalProperties: text }), answer({ type: 'object', additionalProperties: whole })],
    'response-type-widened',
  ),
  same(
    'a map gets a name that is told',
    answer({ type: 'object', additionalProperties: text }),
    answer({ type: 'object', additionalProperties: text, properties: { total: text } }),
  ),
  same(
    'other properties may be answered',
    answer(fields({ a: text }, [], { additionalProperties: false })),
    answer(fields({ a: text })),
  ),
  same(
    'exclusive bounds are written the other way',
    v30(asked(prop({ type: 'number', minimum: 0, exclusiveMinimum: true }))),
    asked(prop({ type: 'number', exclusiveMinimum: 0 })),
  ),
  but(
    same(
      'more than 0 is at least 1',
      asked(prop({ ...whole, exclusiveMinimum: 0 })),
      asked(prop({ ...whole, minimum: 1 })),
    ),
    'it compares keywords; of whole numbers both say the same',
  ),
  breaks(
    'multiples of four are taken, no longer of two',
    [asked(prop({ ...whole, multipleOf: 2 })), asked(prop({ ...whole, multipleOf: 4 }))],
    'request-bound-narrowed',
  ),
  breaks(
    'one property requires another',
    [asked(fields({ a: text, b: text })), asked(fields({ a: text, b: text }, [], { dependentRequired: { a: ['b'] } }))],
    'request-schema-narrowed',
  ),
  but(
    breaks(
      'something is forbidden',
      [asked(prop(text)), asked(prop({ ...text, not: { const: 'x' } }))],
      'request-schema-narrowed',
    ),
    'it does not look at `not`',
  ),
  breaks(
    'a place in a tuple changes',
    [answer({ type: 'array', prefixItems: [text, text] }), answer({ type: 'array', prefixItems: [text, whole] })],
    'response-type-widened',
  ),
  breaks(
    'a property goes from one alternative',
    [answer({ oneOf: [node, whole] }, tree({ id: text })), answer({ oneOf: [node, whole] }, tree({}))],
    'response-property-removed',
  ),
  breaks('a webhook is not sent any more', [doc({}, { webhooks: { paid: paid(text) } }), doc({})], 'callback-removed'),
  breaks(
    'a webhook sends something else',
    [doc({}, { webhooks: { paid: paid(text) } }), doc({}, { webhooks: { paid: paid(whole) } })],
    'response-type-widened',
  ),
  same(
    'a webhook sends one property more',
    doc({}, { webhooks: { paid: paid(fields({})) } }),
    doc({}, { webhooks: { paid: paid(prop(text)) } }),
  ),
  but(
    breaks(
      'a callback is not sent any more',
      [doc({ callbacks: { done: { '{$request.query.url}': paid(text) } } }), doc({})],
      'callback-removed',
    ),
    'it does not compare callbacks',
  ),
  same(
    'properties whose names begin like extensions',
    answer(fields({ 'x-id': text }, ['x-id'])),
    answer(fields({ 'x-id': text }, ['x-id'])),
  ),
  breaks(
    'a property whose name begins like an extension goes',
    [answer(fields({ 'x-id': text }, ['x-id'])), answer(fields({}))],
    'response-property-removed',
  ),
  same('3.0 becomes 3.1', v30(answer(prop({ ...text, nullable: true }))), answer(prop({ type: ['string', 'null'] }))),
  same(
    'keys stand in another order',
    answer(fields({ a: text, b: whole }, ['a', 'b'])),
    answer(fields({ b: whole, a: text }, ['b', 'a'])),
  ),
];

export const pairs: readonly Pair[] = [
  ...pathPairs,
  ...parameterPairs,
  ...bodyPairs,
  ...responsePairs,
  ...schemaPairs,
  ...referencePairs,
  ...securityPairs,
  ...lessUsualPairs,
];
