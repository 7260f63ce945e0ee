/** A member's step of a JSON pointer (RFC 6901). */
export function pointerStep(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The pointer, or one to what contains its place when it is too long to be told. */
export function boundedPointer(pointer: string, maxLength: number): string {
  return pointer.length <= maxLength ? pointer : pointer.slice(0, pointer.lastIndexOf('/', maxLength));
}
