import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { homeFolder } from '../../../core/folders.ts';
import { redactor } from '../../../core/redact.ts';
import { quoteWord } from '../../../core/shell-word.ts';
import type { ExtensionContext } from '../../../extend/contract.ts';
import { bearerHeader } from '../bearer-header.ts';

/** One way to say who asks, tried in turn. */
export type KaggleCredential =
  /** Where it comes from: for messages. */
  | { readonly kind: 'token' | 'key'; readonly from: string; readonly header: string }
  /** A login of the kaggle tool whose token has run out: a new one is to be asked for. */
  | { readonly kind: 'login'; readonly from: string; readonly refreshToken: string }
  | { readonly kind: 'none'; readonly from: string };

type World = Pick<ExtensionContext, 'env' | 'cwd' | 'report'>;

/**
 * Everything that this user has to show, in the order of the kaggle tool (2.2): access token, key of old, its login in
 * the browser, and last nothing at all, which is enough for public datasets.
 */
export async function findCredentials(world: World): Promise<readonly KaggleCredential[]> {
  const found = [await findToken(world), await findKey(world), await findLogin(world)];
  return [...found.filter(credential => credential !== null), { kind: 'none', from: 'no credentials' }];
}

async function findToken({ env, cwd }: World): Promise<KaggleCredential | null> {
  // Notebooks on Kaggle are given a file.
  if (env['KAGGLE_KERNEL_RUN_TYPE'] !== undefined && env['KAGGLE_DATA_PROXY_URL'] !== undefined) {
    const given = await tokenIn(env['KAGGLE_API_V1_TOKEN'], cwd);
    if (given !== null) return bearer(given, 'KAGGLE_API_V1_TOKEN');
  }
  const value = env['KAGGLE_API_TOKEN'];
  if (value) {
    const isFile = await stat(path.resolve(cwd, value))
      .then(found => found.isFile())
      .catch(() => false);
    if (!isFile) return bearer(value.trim(), 'KAGGLE_API_TOKEN');
    const token = await tokenIn(value, cwd);
    return token === null ? null : bearer(token, 'the file in KAGGLE_API_TOKEN');
  }
  for (const name of ['access_token', 'access_token.txt']) {
    const file = path.join(ownFolder(env), name);
    const token = await tokenIn(file, cwd);
    if (token !== null) return bearer(token, file);
  }
  return null;
}

/** User and key from kaggle.json; either may be replaced by its variable. */
async function findKey(world: World): Promise<KaggleCredential | null> {
  const { env } = world;
  const file = path.join(await keyFolder(env, world.cwd), 'kaggle.json');
  const values = await readJson(file, world);
  const username = env['KAGGLE_USERNAME'] || textIn(values, 'username');
  const key = env['KAGGLE_KEY'] || textIn(values, 'key');
  if (!username || !key) return null;
  const encoded = Buffer.from(`${username}:${key}`).toString('base64');
  redactor.add(key);
  redactor.add(encoded);
  return { kind: 'key', from: env['KAGGLE_KEY'] ? 'KAGGLE_USERNAME and KAGGLE_KEY' : file, header: `Basic ${encoded}` };
}

/** What `kaggle auth login` has left. */
async function findLogin(world: World): Promise<KaggleCredential | null> {
  const file = path.join(ownFolder(world.env), 'credentials.json');
  const values = await readJson(file, world);
  const refreshToken = textIn(values, 'refresh_token');
  if (refreshToken === undefined) return null;
  redactor.add(refreshToken);
  const token = textIn(values, 'access_token');
  const until = Date.parse(textIn(values, 'access_token_expiration') ?? '');
  if (token !== undefined && until > Date.now() + 60_000) return bearer(token, file);
  return { kind: 'login', from: file, refreshToken };
}

export function bearer(token: string, from: string): KaggleCredential {
  return { kind: 'token', from, header: bearerHeader(token, from) };
}

/** Tokens are only looked for here, whatever KAGGLE_CONFIG_DIR says. */
function ownFolder(env: World['env']): string {
  return path.join(homeFolder({ env, platform: process.platform }), '.kaggle');
}

async function keyFolder(env: World['env'], cwd: string): Promise<string> {
  const named = env['KAGGLE_CONFIG_DIR'];
  if (named) return path.resolve(cwd, named);
  const own = ownFolder(env);
  if (process.platform !== 'linux' || (await stat(own).catch(() => null)) !== null) return own;
  return path.join(env['XDG_CONFIG_HOME'] || path.join(path.dirname(own), '.config'), 'kaggle');
}

async function tokenIn(file: string | undefined, cwd: string): Promise<string | null> {
  if (!file) return null;
  const text = await readFile(path.resolve(cwd, file), 'utf8').catch(() => '');
  return text.trim() || null;
}

async function readJson(file: string, { report }: World): Promise<unknown> {
  const warn = (message: string) => report({ type: 'note', level: 'warn', message });
  try {
    const text = await readFile(file, 'utf8');
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o044) !== 0)
      warn(`${file} can be read by other users of this machine; run: chmod 600 ${quoteWord(file)}`);
    return JSON.parse(text);
  } catch (error) {
    const isMissing =
      error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
    if (!isMissing) warn(`${file} is left out: it ${error instanceof SyntaxError ? 'is not JSON' : 'cannot be read'}`);
    return undefined;
  }
}

function textIn(values: unknown, name: string): string | undefined {
  if (typeof values !== 'object' || values === null || !(name in values)) return undefined;
  const value: unknown = values[name as keyof typeof values];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
