import { SentopsError } from '../../../core/errors.ts';
import type { ExtensionContext, ExtensionOptions } from '../../../extend/contract.ts';

/** Where the two generations of the protocol are served; neither ends with a slash. */
export interface Endpoints {
  readonly calls: string;
  readonly paths: string;
}

const KAGGLE: Endpoints = { calls: 'https://api.kaggle.com/v1', paths: 'https://www.kaggle.com/api/v1' };

/**
 * Another server, such as a proxy of a company: the option `apiEndpoint`, or the variable that kagglehub reads, too. As
 * with the servers that the kaggle tool knows besides the public one, everything is below /api/v1 there.
 */
export function endpointsOf(options: ExtensionOptions, env: ExtensionContext['env']): Endpoints {
  const option = options['apiEndpoint'];
  const named = typeof option === 'string' && option !== '' ? option : env['KAGGLE_API_ENDPOINT'];
  if (!named) return KAGGLE;
  const url = URL.canParse(named) ? new URL(named) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new SentopsError('CONFIG_INVALID', `KAGGLE_API_ENDPOINT is ${JSON.stringify(named)}, which is no address`, {
      hint: 'write it as https://host',
    });
  if (/(^|\.)kaggle\.com$/.test(url.hostname)) return KAGGLE;
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  const root = /\/v1$/.test(base) ? base : `${base}/api/v1`;
  return { calls: root, paths: root };
}
