const longestName = 80;

const keywords =
  `arguments as async await break case catch class const continue debugger default delete do else enum eval
  export extends false finally for function get if implements import in instanceof interface let new null of package
  private protected public return set static super switch this throw true try type typeof undefined var void while with
  yield NaN Infinity`.split(/\s+/);

// What the fixed parts of a client use themselves.
const takenTypes = `Reply TaggedReply CallOptions CallRequest FollowOptions Linked Promise Readonly Record Omit Pick
  ReturnType`.split(/\s+/);
const takenValues = `body call encodeURIComponent globalThis linkTarget methods options problem process segment
  send`.split(/\s+/);
// Every object has these already, also the empty one that stands for no parameters.
const inherited = `__defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ __proto__ constructor
  hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf`.split(/\s+/);
const takenMethods = [...inherited, 'followLink', 'then', 'toJSON'];

/** Gives each wish a name of its own: a second `order` becomes `order2`. */
export function createNames(taken: readonly string[] = []): (wish: string) => string {
  const given = new Set(taken);
  const last = new Map<string, number>();
  return (wish) => {
    let name = wish;
    let count = last.get(wish) ?? 1;
    while (given.has(name)) {
      count += 1;
      name = `${wish}${count}`;
    }
    last.set(wish, count);
    given.add(name);
    return name;
  };
}

/** The names of types, which may not hide those the client itself uses. */
export function createTypeNames(alsoTaken: readonly string[]): (wish: string) => string {
  return createNames([...takenTypes, ...alsoTaken]);
}

/** The names of a client's functions; `then` is not among them, because awaiting the client would call it. */
export function createFunctionNames(): (wish: string) => string {
  return createNames(takenMethods);
}

/** `order-line`, `order` -> `OrderLine`, `Order`: a name for a type. */
export function typeNameFrom(text: string): string {
  const name = isIdentifier(text) ? text : wordsIn(text).map(capitalized).join('');
  return capitalized(beginningWithLetter(name, 'Schema'));
}

/** `list-orders`, `ListOrders` -> `listOrders`: a name for a function. */
export function functionNameFrom(text: string): string {
  return uncapitalized(beginningWithLetter(wordsIn(text).map(capitalized).join(''), 'operation'));
}

/** `If-Match` -> `ifMatch`, `page_size` as it is, `class` -> `classValue`: a name for a variable. */
export function variableNameFrom(text: string): string {
  const camel = uncapitalized(
    wordsIn(text.toLowerCase() === text ? text : kebabHeader(text))
      .map(capitalized)
      .join(''),
  );
  const name = beginningWithLetter(isIdentifier(text) ? text : camel, 'value');
  return isReserved(name) ? `${name.replaceAll('_', '')}Value` : name;
}

/** Whether the name means something to the language or to the fixed parts of a client. */
export function isReserved(name: string): boolean {
  return [keywords, takenValues, inherited].some((names) => names.includes(name));
}

function isIdentifier(text: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(text) && text.length <= longestName;
}

function wordsIn(text: string): string[] {
  return text.slice(0, longestName).match(/[A-Za-z0-9]+/g) ?? [];
}

// X-Request-ID reads better as xRequestId than as xRequestID.
function kebabHeader(text: string): string {
  return text.includes('-') ? text.toLowerCase() : text;
}

function beginningWithLetter(name: string, prefix: string): string {
  return /^[A-Za-z_$]/.test(name) ? name : `${prefix}${name}`;
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function uncapitalized(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
