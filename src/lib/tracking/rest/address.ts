import { SentopsError } from '../../core/errors.ts';

export interface Address {
  /** Without credentials, query, fragment and the slash at the end. */
  readonly base: URL;
  /** The same as a text, for messages. */
  readonly shown: string;
  /** From `http://user:password@host`, decoded. */
  readonly username?: string;
  readonly password?: string;
}

/** What follows the address of a server in a URI that was copied from a browser or from the description of the API. */
const PAGE =
  /\/(?:(?:ajax-)?api\/\d|(?:experiments|models|runs|compare-runs|compare-experiments|traces|prompts)(?:\/|$))/;

export function parseAddress(uri: string): Address {
  if (/^databricks/i.test(uri))
    throw refuse(
      hideCredentials(uri),
      'names a Databricks workspace, which sentops does not speak to',
      'name an MLflow server: http://…',
    );
  const url = URL.parse(uri);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '')
    throw refuse(hideCredentials(uri), 'is no address of a server', 'write it as http://host:5000');
  const username = decode(url.username);
  const password = decode(url.password);
  const page = PAGE.exec(url.pathname);
  const root = url.pathname.slice(0, page?.index ?? url.pathname.length).replace(/\/+$/, '');
  const shown = `${url.origin}${root}`;
  if (page !== null || url.hash !== '' || url.search !== '')
    throw refuse(`${url.origin}${url.pathname}${url.hash}`, 'is a page of the server, not its address', `use ${shown}`);
  return { base: new URL(shown), shown, ...(username && { username }), ...(password && { password }) };
}

/** For what the URL parser does not understand and may still hold a password, with slashes and at signs in it. */
function hideCredentials(uri: string): string {
  return uri.replace(/^([a-z][\w+.-]*:\/\/)?.*@/is, '$1');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function refuse(uri: string, why: string, hint: string): SentopsError {
  return new SentopsError('CONFIG_INVALID', `mlflow.trackingUri ${uri} ${why}`, { hint, details: { uri } });
}
