import { randomInt } from 'node:crypto';

const MOODS =
  'amber bold brave bright calm candid clear clever cosy crisp eager early easy fair fond frank glad grand happy honest jolly keen kind lively lucky mellow merry mild neat noble plain polite prompt proud quick quiet ready sharp smart snug solid steady sunny swift tidy warm witty'.split(
    ' ',
  );
const THINGS =
  'anchor bridge brook candle canyon cedar cloud comet copper coral delta ember falcon fern fjord forest garden glacier harbor heron island ivy lagoon lantern lark maple meadow mill moss oak opal orchard otter pebble pine planet prairie quartz raven reef river robin saffron sparrow spruce summit thistle tulip valley willow'.split(
    ' ',
  );

/** What a run is called that nobody gave a name to, such as `calm-harbor-417`. */
export function friendlyName(): string {
  return `${pick(MOODS)}-${pick(THINGS)}-${randomInt(1000)}`;
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] ?? '';
}
