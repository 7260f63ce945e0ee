/** The folder, beside the Compose file, that the image of our own programs is built from. */
export const platformDirectory = 'platform';

/** Our own programs in it: one file each, without anything to install. */
export const platformPrograms = ['gateway.js', 'registry.js'] as const;

/** The program that tells Docker how the gateway is. */
export const gatewayCheck = 'check-gateway.js';

/** The other files in it, as msa ships them. */
export const platformFiles = ['Dockerfile', gatewayCheck] as const;
