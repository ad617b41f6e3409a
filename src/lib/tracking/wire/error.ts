import type { WireError } from './shapes.ts';

/** MLflow's error codes with the HTTP status of each, as its exceptions.py has them; any other one is a 500. */
export const WIRE_STATUS = {
  BAD_REQUEST: 400,
  INVALID_PARAMETER_VALUE: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ENDPOINT_NOT_FOUND: 404,
  RESOURCE_DOES_NOT_EXIST: 404,
  ABORTED: 409,
  RESOURCE_CONFLICT: 409,
  REQUEST_LIMIT_EXCEEDED: 429,
  INTERNAL_ERROR: 500,
  INVALID_STATE: 500,
  NOT_IMPLEMENTED: 501,
  TEMPORARILY_UNAVAILABLE: 503,
} as const;

export type WireErrorCode = keyof typeof WIRE_STATUS;

export function isWireErrorCode(code: string): code is WireErrorCode {
  return Object.hasOwn(WIRE_STATUS, code);
}

export function errorToWire(code: WireErrorCode, message: string): WireError {
  return { error_code: code, message };
}

/** Null where the JSON is no error of MLflow's. Some codes come as numbers from proxies; those are none. */
export function errorFromWire(json: unknown): WireError | null {
  if (typeof json !== 'object' || json === null) return null;
  const { error_code: code, message } = json as { readonly error_code?: unknown; readonly message?: unknown };
  if (typeof code !== 'string') return null;
  return { error_code: code, message: typeof message === 'string' ? message : '' };
}
