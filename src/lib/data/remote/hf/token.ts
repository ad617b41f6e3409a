import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { homeFolder } from '../../../core/folders.ts';
import type { ExtensionContext } from '../../../extend/contract.ts';
import { bearerHeader } from '../bearer-header.ts';

/** The Authorization header with the token of this user, where huggingface_hub looks for it; null where there is none. */
export async function findCredential({ env, cwd }: Pick<ExtensionContext, 'env' | 'cwd'>): Promise<string | null> {
  const home = homeFolder({ env, platform: process.platform });
  const cache = env['XDG_CACHE_HOME'] || path.join(home, '.cache');
  const file = env['HF_TOKEN_PATH'] || path.join(env['HF_HOME'] || path.join(cache, 'huggingface'), 'token');
  const given = env['HF_TOKEN'] || env['HUGGING_FACE_HUB_TOKEN'];
  const token = (given ?? (await readFile(path.resolve(cwd, file), 'utf8').catch(() => ''))).trim();
  if (token === '') return null;
  return bearerHeader(token, given === undefined ? file : 'HF_TOKEN');
}
