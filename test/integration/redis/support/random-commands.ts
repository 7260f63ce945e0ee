/** The same numbers from 0 to 1 for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const keys = ['s', 't', 'h', 'i', 'l', 'm', 'u', 'v', 'z', 'y'];
const values = [
  '',
  '0',
  '1',
  '-1',
  '10',
  '3.5',
  'abc',
  'a',
  'b',
  'c',
  'd',
  'A',
  '\0\xff\r\n',
  '9223372036854775807',
  '1e3',
  ' 1',
  '01',
];
const members = ['a', 'b', 'c', 'd', 'e', 'f', '1', '2', '3', '\xff', '', 'aa', 'ab'];
const integers = [
  '0',
  '1',
  '2',
  '3',
  '-1',
  '-2',
  '-3',
  '5',
  '100',
  '-100',
  '9223372036854775807',
  '-9223372036854775808',
  'x',
  '1.5',
  '',
];
const floats = [
  '0',
  '1',
  '-1',
  '0.1',
  '1.5',
  '-2.25',
  '1e10',
  '1e-7',
  '123456789.123',
  'inf',
  '-inf',
  '+5',
  '.5',
  'nan',
  'x',
  '3',
  '1e21',
];
const lex = ['-', '+', '[a', '(a', '[b', '(c', '[aa', '[\xff', '(', '[', 'a'];
const scores = [...floats, '(1', '(0', '(inf', '(x', '(-1'];

/** Templates: a word in braces is drawn from a list, one with a question mark may be absent. */
const templates = `
SET {key} {value} | SET {key} {value} {set?} {set?} | SETNX {key} {value} | GETSET {key} {value} | GET {key} | MGET {key} {key} {key}
MSET {key} {value} {key} {value} | MSETNX {key} {value} {key} {value} | APPEND {key} {value} | STRLEN {key} | GETDEL {key}
GETRANGE {key} {int} {int} | SETRANGE {key} {small} {value} | INCR {key} | DECR {key} | INCRBY {key} {int} | DECRBY {key} {int}
INCRBYFLOAT {key} {float} | SETBIT {key} {small} {bit} | GETBIT {key} {small} | BITCOUNT {key} | BITCOUNT {key} {int} {int} {bits?}
DEL {key} | DEL {key} {key} | DEL {key} {key} {key} | UNLINK {key} | EXISTS {key} {key} | TYPE {key} | TOUCH {key} {key} | PERSIST {key} | OBJECT ENCODING {small}
RENAME {key} {key} | RENAMENX {key} {key} | COPY {key} {key} {replace?} | EXPIRE {key} {time} {exists?} | EXPIREAT {key} {future} {cond?} {cond?}
PEXPIREAT {key} {futurems} {cond?} | TTL {key} | PTTL {key} | EXPIRETIME {key} | PEXPIRETIME {key} | DBSIZE | KEYS {glob} | SCAN 0 COUNT 1000 MATCH {glob}
SCAN 0 COUNT 1000 TYPE {type} | GETEX {key} {getex?} | RANDOMKEY
HSET {key} {member} {value} | HSET {key} {member} {value} {member} {value} | HSETNX {key} {member} {value} | HGET {key} {member} | HMGET {key} {member} {member}
HGETALL {key} | HKEYS {key} | HVALS {key} | HLEN {key} | HEXISTS {key} {member} | HDEL {key} {member} {member} | HSTRLEN {key} {member} | HINCRBY {key} {member} {int}
HINCRBYFLOAT {key} {member} {float} | HSCAN {key} 0 COUNT 1000 | HSCAN {key} 0 COUNT 1000 NOVALUES | HRANDFIELD {key} {few} | HRANDFIELD {key}
LPUSH {key} {member} {member} | RPUSH {key} {member} {member} | RPUSH {key} {member} {member} {member} | LPUSHX {key} {member} | RPUSHX {key} {member} | LPOP {key} | RPOP {key} | LPOP {key} {small} | RPOP {key} {small}
LLEN {key} | LINDEX {key} {index} | LSET {key} {index} {member} | LRANGE {key} {int} {int} | LTRIM {key} {int} {int} | LREM {key} {int} {member}
LINSERT {key} {where} {member} {value} | LPOS {key} {member} | LPOS {key} {member} RANK {int} COUNT {small} | LMOVE {key} {key} {side} {side} | RPOPLPUSH {key} {key}
LMPOP 2 {key} {key} {side} COUNT {small} | BLPOP {key} {key} 0.01 | BLMOVE {key} {key} {side} {side} 0.01 | BRPOP {key} 0.01
SADD {key} {member} {member} | SADD {key} {member} {member} {member} | SREM {key} {member} {member} | SMEMBERS {key} | SISMEMBER {key} {member} | SMISMEMBER {key} {member} {member} | SCARD {key}
SMOVE {key} {key} {member} | SINTER {key} {key} | SUNION {key} {key} | SDIFF {key} {key} {key} | SINTERSTORE {key} {key} {key} | SUNIONSTORE {key} {key} {key}
SDIFFSTORE {key} {key} {key} | SINTERCARD 2 {key} {key} | SINTERCARD 2 {key} {key} LIMIT {int} | SSCAN {key} 0 COUNT 1000 | SRANDMEMBER {key} {few} | SRANDMEMBER {key} | SPOP {key} 1000
ZADD {key} {float} {member} | ZADD {key} {float} {member} {float} {member} | ZADD {key} {zadd?} {zadd?} {float} {member} | ZADD {key} {zadd} {zadd?} {zadd?} {float} {member}
ZINCRBY {key} {float} {member} | ZREM {key} {member} {member} | ZSCORE {key} {member} | ZMSCORE {key} {member} {member} | ZCARD {key} | ZCOUNT {key} {score} {score}
ZADD {same} 0 {member} 0 {member} | ZADD {same} 0 {member} 0 {member} | ZLEXCOUNT {same} {lex} {lex} | ZRANK {key} {member} {withscore?} | ZREVRANK {key} {member} {withscore?} | ZRANGE {key} {int} {int} {zrange?} | ZRANGE {key} {score} {score} BYSCORE {zrange?} {limit?} {int} {int}
ZRANGE {same} {lex} {lex} BYLEX {zrange?} | ZRANGE {key} {score} {score} BYSCORE REV LIMIT {small} {int} | ZREVRANGE {key} {int} {int} {zrange?} | ZRANGEBYSCORE {key} {score} {score} {zrange?}
ZRANGEBYSCORE {key} -inf +inf WITHSCORES LIMIT {small} {int} | ZREVRANGEBYSCORE {key} {score} {score} | ZREVRANGEBYSCORE {key} +inf -inf LIMIT {small} {int} | ZRANGEBYLEX {same} {lex} {lex} | ZREVRANGEBYLEX {same} {lex} {lex} LIMIT {small} {int}
ZRANGESTORE {key} {key} {int} {int} {zrange?} | ZREMRANGEBYRANK {key} {int} {int} | ZREMRANGEBYSCORE {key} {score} {score} | ZREMRANGEBYLEX {same} {lex} {lex}
ZPOPMIN {key} | ZPOPMAX {key} {small} | BZPOPMIN {key} {key} 0.01 | BZPOPMAX {key} 0.01 | ZMPOP 2 {key} {key} {end} COUNT {small} | ZUNION 2 {key} {key} {withscores?} | ZINTER 2 {key} {key} {withscores?}
ZDIFF 2 {key} {key} {withscores?} | ZUNIONSTORE {key} 2 {key} {key} WEIGHTS {float} {float} | ZINTERSTORE {key} 2 {key} {key} AGGREGATE {aggregate} | ZDIFFSTORE {key} 2 {key} {key}
ZINTERCARD 2 {key} {key} LIMIT {int} | ZSCAN {key} 0 COUNT 1000 | ZRANDMEMBER {key} {few} | MULTI | EXEC | EXEC | DISCARD | WATCH {key} | UNWATCH | SELECT {db}
MOVE {key} {few} | PING | ECHO {value} | BOGUS {key} {value} | GET | SET {key} | FLUSHDB | LPUSH {key} | ZADD {key} {float} | HSET {key} {member}
`;

const futureSeconds = 9_999_999_999;

const lists: Readonly<Record<string, readonly string[]>> = {
  key: keys,
  value: values,
  member: members,
  int: integers,
  // Redis cuts an index of more than 32 bits, and LSET then finds an item.
  index: integers.filter((text) => text.length < 10),
  float: floats,
  score: scores,
  lex,
  // What a range by text is where scores differ, Redis leaves open.
  same: ['q', 'r'],
  small: ['0', '1', '2', '3', '7', '20', '-1', 'x'],
  few: ['0', '1', '2', '-3', '3'],
  db: ['0', '0', '0', '1', 'x', '16'],
  bit: ['0', '1', '2'],
  bits: ['BYTE', 'BIT', 'bit', 'WORD'],
  set: [
    'NX',
    'XX',
    'GET',
    'KEEPTTL',
    'EX 1000',
    'PX 100000',
    'EXAT 9999999999',
    'EX 0',
    'PX x',
    'nx',
    'FOO',
    'EX -1',
    'EX 9223372036854775807',
  ],
  replace: ['REPLACE', 'DB 1', 'FOO', 'DB 99'],
  time: ['1000', '2000', '100000', '-1', '0', 'x', '9223372036854775807'],
  future: ['100', '1001', '1002', '-5', '9223372036854775807'],
  futurems: ['100', '1001', '1002', '-5'],
  // Which of two times from now is the greater one a millisecond decides.
  exists: ['NX', 'XX', 'FOO'],
  cond: ['NX', 'XX', 'GT', 'LT', 'nx', 'FOO'],
  glob: ['*', '?', '[s-u]', '[^s-u]', 'h*', '\\h', '*[', 'x'],
  type: ['string', 'list', 'HASH', 'set', 'zset', 'foo'],
  getex: ['PERSIST', 'EX 1000', 'PXAT 9999999999999', 'EX 0', 'FOO', 'EX'],
  where: ['BEFORE', 'AFTER', 'after', 'FOO'],
  side: ['LEFT', 'RIGHT', 'left', 'FOO'],
  end: ['MIN', 'MAX', 'max', 'FOO'],
  zadd: ['NX', 'XX', 'GT', 'LT', 'CH', 'INCR', 'ch'],
  withscore: ['WITHSCORE', 'FOO'],
  withscores: ['WITHSCORES', 'FOO', 'AGGREGATE MAX', 'WEIGHTS 2 3', 'WEIGHTS 2'],
  zrange: ['WITHSCORES', 'REV', 'withscores', 'LIMIT 0 2', 'FOO', 'LIMIT 1'],
  limit: ['LIMIT'],
  aggregate: ['SUM', 'MIN', 'max', 'FOO'],
};

const choices = templates
  .split(/[|\n]/)
  .map((template) => template.trim())
  .filter((template) => template !== '');

/** The keys that mostly hold what a command is for. */
const families: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^B?Z/, ['z', 'y']],
  [/^H/, ['h', 'i']],
  [/^(?:B?[LR](?:PUSH|POP|M|REM|TRIM|SET|INDEX|LEN|INSERT|RANGE|POS))/, ['l', 'm']],
  [/^S(?:ADD|REM|MEM|ISM|MISM|CARD|MOVE|INTER|UNION|DIFF|SCAN|RAND|POP)/, ['u', 'v']],
  [/^(?:SET|GET|MGET|MSET|APPEND|STRLEN|INCR|DECR|BIT)/, ['s', 't']],
];

/** Commands over a few keys, mostly of the type they are for, so that they meet values, wrong types and refusals. */
export function createRandomCommands(seed: number, count: number): readonly (readonly string[])[] {
  const random = createRandom(seed);
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  let isInTransaction = false;
  return Array.from({ length: count }, () => {
    const template = isInTransaction && random() < 0.15 ? 'EXEC' : pick(choices);
    if (template === 'MULTI') isInTransaction = true;
    if (template === 'EXEC' || template === 'DISCARD') isInTransaction = false;
    const family = families.find(([pattern]) => pattern.test(template))?.[1] ?? keys;
    return template.split(' ').flatMap((word) => fill(word, family));
  });

  function fill(word: string, family: readonly string[]): readonly string[] {
    const [, name = '', optional] = /^\{(\w+)(\??)\}$/.exec(word) ?? [];
    if (name === '') return [word];
    if (optional === '?' && random() < 0.5) return [];
    if (name === 'key') return [pick(random() < 0.85 ? family : keys)];
    const value = pickValue(name);
    // What is an option can be several words; a value, even with spaces, is one.
    return optional === '?' && value.includes(' ') ? value.split(' ') : [value];
  }

  function pickValue(name: string): string {
    const value = pick(lists[name] ?? []);
    if (name === 'future' && value.length === 4) return String(futureSeconds + Number(value));
    return name === 'futurems' && value.length === 4 ? String(futureSeconds * 1000 + Number(value)) : value;
  }
}
