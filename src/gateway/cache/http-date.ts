const imfFixdate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const rfc850 = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const asctime = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/** Milliseconds of a date in one of the three forms of RFC 9110, 5.6.7; undefined when it is in none of them. */
export function parseHttpDate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  let time = Number.NaN;
  if (imfFixdate.test(text) || rfc850.test(text)) time = Date.parse(text);
  else if (asctime.test(text)) time = Date.parse(`${text} GMT`);
  return Number.isNaN(time) ? undefined : time;
}
