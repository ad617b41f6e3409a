import { REDACTED } from '../core/redact.ts';

/** Shapes that are credentials wherever they stand; the quick ones need no look at the key. */
const SHAPES: readonly (readonly [kind: string, shape: RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  ['a Google API key', /\bAIza[0-9A-Za-z_-]{35}/],
  ['a Google access token', /\bya29\.[0-9A-Za-z_-]{20,}/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a GitHub token', /\b(?:gh[pousr]_[0-9A-Za-z]{36,}|github_pat_[0-9A-Za-z_]{22,})/],
  ['a Slack webhook', /https:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/[0-9A-Za-z_/-]{8,}/],
  ['a Slack token', /\bxox[abeoprs]-[0-9A-Za-z-]{10,}/],
  ['a Hugging Face token', /\bhf_[0-9A-Za-z]{30,}/],
  ['a Kaggle token', /\bKGAT_[0-9a-f]{32}\b/],
  ['a JSON web token', /\beyJ[0-9A-Za-z_-]{8,}\.eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]*/],
];

/** The part before the password, the password, and what follows it. */
const URL_WITH_PASSWORD = /(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@${}]{0,256}:)([^\s/@${}]{1,256})(?=@)/gi;

const KAGGLE_KEY = /^[0-9a-f]{32}$/;
const SECRET_KEY =
  /(?:^|[._:-])(?:password|passwd|passphrase|pwd|secret|token|credentials?|(?:api|access|private|secret)[._-]?key)$/;
const NOT_SECRET = /^(?:|none|null|true|false|\*+)$/i;

/**
 * The kind of credential that a literal text seems to be, or undefined. The key helps where the text alone says
 * nothing: 32 hexadecimal digits are a Kaggle key in `key`, and any text is a password in `password`.
 */
export function looksLikeCredential(text: string, key = ''): string | undefined {
  const shape = SHAPES.find(([, pattern]) => pattern.test(text));
  if (shape) return shape[0];
  if (text.search(URL_WITH_PASSWORD) >= 0) return 'a URL with a password';
  if (text.includes('${') || NOT_SECRET.test(text.trim())) return undefined;
  if (/(?:^|[._-])key$/i.test(key) && KAGGLE_KEY.test(text)) return 'a Kaggle key';
  return isSecretKey(key) ? 'a password or token' : undefined;
}

/** The passwords of addresses such as `https://user:password@host`. */
export function passwordsOf(text: string): string[] {
  return [...text.matchAll(URL_WITH_PASSWORD)].flatMap(([, , password]) => password ?? []);
}

let anyShape: RegExp | undefined;

/** A text to show: of an address only the password is blanked out, of another credential nothing is left. */
export function blankCredentials(text: string): string {
  // One pattern instead of ten: every text that `config show` prints comes along here.
  anyShape ??= new RegExp(SHAPES.map(([, shape]) => shape.source).join('|'));
  if (anyShape.test(text)) return REDACTED;
  return text.includes('@') ? text.replace(URL_WITH_PASSWORD, `$1${REDACTED}`) : text;
}

/** Whether a key of a free map names something that nobody should read: `password`, `sasl.password`, `apiKey`. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase());
}
