import { isUri } from '../core/is-uri.ts';

/** The scheme under which a location is registered; that of a path is `file`. */
export function schemeOf(location: string): string {
  return isUri(location) ? location.slice(0, location.indexOf(':')).toLowerCase() : 'file';
}
