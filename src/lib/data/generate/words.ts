/** The vocabulary of synthetic reviews. Everything here is made up for this purpose. */

export interface Product {
  readonly names: readonly string[];
  readonly aspects: readonly string[];
  readonly facts: readonly string[];
}

export const PRODUCTS: readonly Product[] = [
  {
    names: ['phone', 'handset', 'Norvik 7', 'Pomelo X', 'smartphone'],
    aspects: ['battery', 'screen', 'camera', 'speaker', 'charger', 'keyboard', 'signal', 'menu', 'case'],
    facts: ['It came in a small grey box', 'I moved my contacts over on Sunday', 'It has two slots for cards'],
  },
  {
    names: ['movie', 'film', 'The Glass Harbour', 'sequel', 'documentary'],
    aspects: ['plot', 'acting', 'ending', 'soundtrack', 'dialogue', 'camera work', 'pacing', 'lead actor', 'script'],
    facts: [
      'We saw it on a Tuesday evening',
      'It runs for two hours and ten minutes',
      'The story takes place in a harbour town',
    ],
  },
  {
    names: ['book', 'novel', 'Seven Winters', 'paperback', 'audiobook'],
    aspects: ['story', 'writing', 'main character', 'first chapter', 'last part', 'translation', 'cover', 'humour'],
    facts: ['It has 412 pages', 'My sister lent it to me', 'It is the third part of a series'],
  },
  {
    names: ['hotel', 'guest house', 'Hotel Mirador', 'apartment', 'hostel'],
    aspects: ['room', 'breakfast', 'staff', 'bed', 'shower', 'view', 'location', 'reception', 'pool', 'wifi'],
    facts: [
      'We stayed for three nights',
      'The lift goes up to the fifth floor',
      'Check-in is from two in the afternoon',
    ],
  },
  {
    names: ['restaurant', 'cafe', 'Little Pepper', 'diner', 'pizza place'],
    aspects: ['food', 'service', 'soup', 'dessert', 'coffee', 'waiter', 'menu', 'atmosphere', 'portion', 'music'],
    facts: ['We were a group of six', 'It is next to the station', 'They open at noon on weekdays'],
  },
  {
    names: ['vacuum cleaner', 'blender', 'kettle', 'BrewMate 200', 'toaster'],
    aspects: ['motor', 'handle', 'lid', 'manual', 'build', 'noise level', 'cable', 'filter', 'delivery', 'packaging'],
    facts: ['It weighs about two kilos', 'I bought the white one', 'The parcel arrived on Friday'],
  },
];

/** Words for what is said of an aspect, from very bad to very good. */
export const OPINIONS: readonly (readonly string[])[] = [
  ['terrible', 'awful', 'horrible', 'a disaster', 'unbearable', 'disgusting', 'a complete joke', 'pathetic', 'useless'],
  ['bad', 'disappointing', 'weak', 'poor', 'annoying', 'boring', 'clumsy', 'cheap', 'slow', 'dull', 'unreliable'],
  ['okay', 'average', 'as expected', 'nothing special', 'acceptable', 'ordinary', 'fine I guess', 'so-so'],
  ['good', 'nice', 'solid', 'pleasant', 'charming', 'helpful', 'lovely', 'clever', 'fun', 'comfortable', 'reliable'],
  ['excellent', 'fantastic', 'brilliant', 'superb', 'wonderful', 'outstanding', 'perfect', 'stunning', 'a masterpiece'],
];

/** Whole sentences about the product, from very bad to very good. */
export const VERDICTS: readonly (readonly string[])[] = [
  ['I hated it', 'Total waste of money', 'I want my money back', 'Stay away', 'I regret every minute', 'Never again'],
  ['I expected more', 'Would not buy it again', 'It let me down', 'There are better ones', 'I got bored quickly'],
  ['It does the job', 'I have no strong feelings about it', 'You get what you pay for', 'Could go either way'],
  ['I like it', 'Worth the price', 'I would recommend it', 'A pleasant surprise', 'I had a good time with it'],
  ['I love it', 'Best one I ever had', 'Could not be happier', 'Buy it right now', 'Blew me away', 'Ten out of ten'],
];

export const INTENSIFIERS = ['very', 'really', 'so', 'quite', 'absolutely', 'pretty', 'rather', 'incredibly', 'just'];
export const NEGATED: readonly (readonly string[])[] = [
  ['bad', 'boring', 'annoying', 'disappointing', 'terrible', 'slow'],
  ['good', 'great', 'fun', 'impressive', 'helpful', 'worth it', 'reliable'],
];
export const NEGATIONS = ['not', "isn't", 'never', 'not at all', "wasn't", 'hardly'];
export const CONTRASTS = ['but', 'although', 'even though', 'however', 'and yet', 'while'];
export const FILLERS = [
  'Anyway, that is my view.',
  'I read many reviews before.',
  'My brother has the same one.',
  'I will update this later.',
  'Sorry for my typing.',
  'This is my first review here.',
  'People said it was great.',
  'Some call it terrible.',
  'I wanted to love it.',
  'I was ready to hate it.',
];
export const EMOJI: readonly (readonly string[])[] = [
  ['😡', '🤮'],
  ['😞', '👎'],
  ['😐', '🤷'],
  ['🙂', '👍'],
  ['😍', '🎉'],
];
