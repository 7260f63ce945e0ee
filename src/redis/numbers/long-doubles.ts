/**
 * INCRBYFLOAT adds in C's `long double`, on x86 a float with 64 bits of mantissa, and prints it with 17 digits after the
 * point. Doubles would show 0.1 + 0.2 as 0.30000000000000004, so the sum is formed here as Redis forms it.
 */
export interface LongDouble {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const decimal = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i;
const infinity = /^[+-]?inf(?:inity)?$/i;
const mantissaBits = 64;
/** The greatest power of ten a `long double` can hold, and how many characters Redis reads at most. */
const maxPower = 4932;
const maxCharacters = 5120;
const fractionDigits = 17;

/** The number a decimal text stands for; undefined for what is none and for what is too great. */
export function parseLongDouble(text: string): LongDouble | 'infinite' | undefined {
  if (infinity.test(text)) return 'infinite';
  const [, sign = '', whole = '', fraction = '', power = '0'] = decimal.exec(text) ?? [];
  if ((whole === '' && fraction === '') || text.length >= maxCharacters) return undefined;
  if (Math.abs(Number(power)) + whole.length > maxPower) return undefined;
  const digits = BigInt(`${whole}${fraction}`);
  return scaleByTen(sign === '-' ? -digits : digits, Number(power) - fraction.length);
}

/** The sum as Redis prints it. */
export function addLongDoubles(left: LongDouble, right: LongDouble): string {
  return formatLongDouble(add(left, right));
}

function scaleByTen(digits: bigint, power: number): LongDouble {
  if (power >= 0) return round(digits * 10n ** BigInt(power), 0);
  // Enough extra bits that the remainder cannot change the rounding, but for an exact half, which the sticky bit tells.
  const divisor = 10n ** BigInt(-power);
  const shift = bitLength(divisor) + mantissaBits + 2;
  const scaled = digits << BigInt(shift);
  const sticky = scaled % divisor === 0n ? 0n : 1n;
  return round(((scaled / divisor) << 1n) + (digits < 0n ? -sticky : sticky), -shift - 1);
}

function add(left: LongDouble, right: LongDouble): LongDouble {
  const exponent = Math.min(left.exponent, right.exponent);
  const at = (value: LongDouble): bigint => value.mantissa << BigInt(value.exponent - exponent);
  return round(at(left) + at(right), exponent);
}

/** To 64 bits, halves to even. */
function round(mantissa: bigint, exponent: number): LongDouble {
  const excess = bitLength(mantissa) - mantissaBits;
  if (excess <= 0) return { mantissa, exponent };
  return { mantissa: divideToEven(mantissa, 1n << BigInt(excess)), exponent: exponent + excess };
}

function formatLongDouble({ mantissa, exponent }: LongDouble): string {
  const scaled = mantissa * 10n ** BigInt(fractionDigits);
  const units = exponent >= 0 ? scaled << BigInt(exponent) : divideToEven(scaled, 1n << BigInt(-exponent));
  const digits = (units < 0n ? -units : units).toString().padStart(fractionDigits + 1, '0');
  const fraction = digits.slice(-fractionDigits).replace(/0+$/, '');
  const text = digits.slice(0, -fractionDigits) + (fraction === '' ? '' : `.${fraction}`);
  return units < 0n ? `-${text}` : text;
}

function divideToEven(value: bigint, divisor: bigint): bigint {
  const magnitude = value < 0n ? -value : value;
  const quotient = magnitude / divisor;
  const twice = (magnitude % divisor) * 2n;
  const up = twice > divisor || (twice === divisor && quotient % 2n === 1n);
  const rounded = up ? quotient + 1n : quotient;
  return value < 0n ? -rounded : rounded;
}

function bitLength(value: bigint): number {
  const hex = (value < 0n ? -value : value).toString(16);
  return value === 0n ? 0 : hex.length * 4 - Math.clz32(Number.parseInt(hex.charAt(0), 16)) + 28;
}
