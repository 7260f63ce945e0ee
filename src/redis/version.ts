/** The version of Redis whose answers this server gives. */
export const serverVersion = '8.0.2';
