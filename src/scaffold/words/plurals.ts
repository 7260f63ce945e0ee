/**
 * The plural of a kebab-case noun, by its last word: `order-line` -> `order-lines`. Never the same as the singular: words
 * without a plural get one (`news` -> `news-items`), so that an item and a collection can be told apart.
 */
export function pluralOf(name: string): string {
  const { before, last } = lastWord(name);
  if (uncountable.has(last)) return `${name}-items`;
  return before + (irregular.get(last) ?? regularPlural(last));
}

/** The singular of a kebab-case noun: `orders` -> `order`. A word that is no plural stays as it is. */
export function singularOf(name: string): string {
  const { before, last } = lastWord(name);
  if (uncountable.has(last) || irregular.has(last)) return name;
  return before + (irregularBack.get(last) ?? regularSingular(last));
}

const uncountable = new Set(
  'news information equipment money staff data media metadata feedback software hardware furniture luggage traffic weather advice cash stock mail sheep fish series species deer aircraft'.split(
    ' ',
  ),
);

const irregular: ReadonlyMap<string, string> = pairsOf(
  'person people|child children|man men|woman women|foot feet|tooth teeth|goose geese|mouse mice|ox oxen|' +
    'leaf leaves|knife knives|wolf wolves|shelf shelves|half halves|life lives|wife wives|thief thieves|loaf loaves|self selves|' +
    'calf calves|elf elves|analysis analyses|crisis crises|basis bases|thesis theses|hypothesis hypotheses|diagnosis diagnoses|' +
    'synthesis syntheses|axis axes|oasis oases|criterion criteria|phenomenon phenomena|vertex vertices|matrix matrices|' +
    'appendix appendices|quiz quizzes|hero heroes|potato potatoes|tomato tomatoes|echo echoes|veto vetoes|bus buses|gas gases|' +
    'alias aliases|atlas atlases|canvas canvases|bias biases|lens lenses|status statuses|bonus bonuses|virus viruses|campus campuses|' +
    'census censuses|corpus corpora|focus focuses|nexus nexuses|stimulus stimuli|syllabus syllabuses|radius radii|' +
    'movie movies|cookie cookies|pie pies|tie ties|zombie zombies|calorie calories|cache caches|headache headaches|niche niches|axe axes|' +
    'stomach stomachs|monarch monarchs|epoch epochs|shoe shoes|toe toes|canoe canoes',
);

const irregularBack: ReadonlyMap<string, string> = new Map(Array.from(irregular, ([one, many]) => [many, one]));

function regularPlural(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

function regularSingular(word: string): string {
  if (/.[^aeiou]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?:ss|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return /[^suio]s$|[aeiou]os$/.test(word) ? word.slice(0, -1) : singularOfRareEnding(word);
}

/** `photos` and `taxis`, but `status`, `address` and `analysis` are no plurals. */
function singularOfRareEnding(word: string): string {
  return /[^aeiou]os$|(?:tax|sk|alib|menu|guru)[iu]?s$/.test(word) ? word.slice(0, -1) : word;
}

function lastWord(name: string): { before: string; last: string } {
  const start = name.lastIndexOf('-') + 1;
  return { before: name.slice(0, start), last: name.slice(start) };
}

function pairsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('|').map((pair): [string, string] => {
      const [one = '', many = ''] = pair.split(' ');
      return [one, many];
    }),
  );
}
