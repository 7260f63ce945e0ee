/** Where the registry is reached on the machine. */
export const registryPort = 8761;
