/** In which forms it can be said what a change touches. */
export const affectedFormats = ['text', 'json', 'github', 'gitlab', 'names'] as const;
