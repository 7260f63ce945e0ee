/** The folder, beside the Compose file, that the image of our own programs is built from. */
export const platformDirectory = 'platform';

/** The programs in it: one file each, without anything to install. */
export const platformPrograms = ['gateway.js', 'registry.js'] as const;

/** Where they keep what they last knew. */
export const stateDirectory = '/state';

export const platformDockerfile = `# The gateway and the registry of msa: one file each, without anything to install.
FROM node:24-slim
RUN install --directory --owner node --group node ${stateDirectory}
WORKDIR /app
COPY ${platformPrograms.join(' ')} ./
ENV NODE_ENV=production
USER node
`;
