import { Refusal } from './refusal.ts';
import { type Answerer, API, PAGES } from './routes.ts';

export interface Found {
  readonly answerer: Answerer;
  readonly gaps: readonly string[];
}

type Methods = Readonly<Record<string, Answerer>>;

interface Pattern {
  readonly expression: RegExp;
  readonly methods: Methods;
}

const PREFIX = /^(?:ajax-)?api\/[23]\.0\//;
const PATTERNS: readonly Pattern[] = Object.entries(API)
  .filter(([path]) => /[:*]/.test(path))
  .map(([path, methods]) => ({ expression: expressionOf(path), methods }));

/** Who answers a request. `path` is as it came, without the query. Throws for what nobody answers. */
export function findRoute(method: string, path: string): Found {
  const plain = path.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/^\/+/, '');
  const isApi = PREFIX.test(plain);
  const rest = isApi ? plain.replace(PREFIX, '') : plain;
  const fixed = rest.replace(/\/+$/, '');
  const table = isApi ? API : PAGES;
  if (Object.hasOwn(table, fixed)) return choose(table[fixed] ?? {}, method, path, []);
  for (const { expression, methods } of isApi ? PATTERNS : []) {
    const match = expression.exec(rest);
    if (match) return choose(methods, method, path, match.slice(1).map(decode));
  }
  throw new Refusal('ENDPOINT_NOT_FOUND', `This server has no ${method} ${path}: it keeps runs, artifacts and models`);
}

function choose(methods: Methods, method: string, path: string, gaps: readonly string[]): Found {
  const answerer = methods[method === 'HEAD' ? 'GET' : method];
  if (answerer !== undefined) return { answerer, gaps };
  const allow = Object.keys(methods).join(', ');
  throw new Refusal('BAD_REQUEST', `${method} is not for ${path}, but ${allow}`, { status: 405, headers: { allow } });
}

/** `:` is one segment, `*` all that is left. */
function expressionOf(path: string): RegExp {
  const source = path
    .split('/')
    .map(segment => (segment === ':' ? '([^/]+)' : segment === '*' ? '(.*)' : segment))
    .join('/');
  return new RegExp(`^${source}$`, 's');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal('INVALID_PARAMETER_VALUE', `Invalid path: ${text} is not percent-encoded UTF-8`);
  }
}
