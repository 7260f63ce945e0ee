const wholeMachine = new Set(['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost']);

/** The host in the address of what is published: the machine, unless it is bound to an address of its own. */
export function publicHost(bind: string, machine = 'localhost'): string {
  if (wholeMachine.has(bind)) return machine;
  return bind.includes(':') ? `[${bind}]` : bind;
}

/** What the address of the public listener begins with. */
export function schemeOf(secure: boolean | undefined): 'http' | 'https' {
  return secure === true ? 'https' : 'http';
}
