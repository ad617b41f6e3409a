import { expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import { parseAddress } from '../../../../src/lib/tracking/rest/address.ts';

test.each([
  ['http://localhost:5000', 'http://localhost:5000'],
  ['http://localhost:5000/', 'http://localhost:5000'],
  ['https://host.example/mlflow/', 'https://host.example/mlflow'],
  ['HTTPS://Host.Example:443/a/b', 'https://host.example/a/b'],
  ['http://[::1]:5000', 'http://[::1]:5000'],
  ['http://host/team/models-of-ours', 'http://host/team/models-of-ours'],
])('%s is the server %s', (uri, shown) => {
  expect(parseAddress(uri).shown).toBe(shown);
});

test('credentials are taken out of the address, decoded, and shown nowhere', () => {
  const address = parseAddress('https://ada:p%40ss%3Aword@host.example/mlflow');
  expect(address).toMatchObject({ shown: 'https://host.example/mlflow', username: 'ada', password: 'p@ss:word' });
  expect(address.base.href).toBe('https://host.example/mlflow');
});

test('an address without credentials has none', () => {
  expect(parseAddress('http://host')).not.toHaveProperty('username');
  expect(parseAddress('http://host')).not.toHaveProperty('password');
});

test.each([
  ['http://host:5000/#/experiments', 'http://host:5000'],
  ['http://host:5000/#/experiments/1/runs/abc', 'http://host:5000'],
  ['https://host/mlflow/#/models', 'https://host/mlflow'],
  ['https://host/mlflow/experiments/3', 'https://host/mlflow'],
  ['http://host:5000/api/2.0/mlflow', 'http://host:5000'],
  ['http://host:5000/ajax-api/2.0/mlflow/runs/get', 'http://host:5000'],
  ['http://host:5000/?workspace=a', 'http://host:5000'],
])('%s was copied from a browser: the error names the server', (uri, server) => {
  const error = refusal(uri);
  expect(error).toMatchObject({ code: 'CONFIG_INVALID', hint: `use ${server}` });
  expect(error.message).toContain('is a page of the server');
});

test.each(['', 'localhost:5000', 'ftp://host', 'http://', 'http://ho st', '/data/mlruns'])('%j is no server', uri => {
  expect(refusal(uri)).toMatchObject({ code: 'CONFIG_INVALID' });
});

test.each([
  'http://ada:geheim@ho st:99999',
  'http://ada:x/geheim@host:5000',
  'http://ada:x@geheim@ho st',
  'http://ada:x#geheim@host',
  'ada:geheim@host:5000',
  'htp://ada:geheim@host',
  'databricks://ada:geheim@host',
])('a password in an address that cannot be read is not shown either: %s', uri => {
  const error = refusal(uri);
  expect(`${error.message} ${JSON.stringify(error.details)}`).not.toContain('geheim');
});

test('a password in the address of a page is not shown either', () => {
  const error = refusal('http://ada:geheim@host/#/experiments');
  expect(`${error.message} ${error.hint} ${JSON.stringify(error.details)}`).not.toContain('geheim');
});

test.each(['databricks', 'databricks://profile', 'databricks-uc'])('%s is not spoken to, and that is said', uri => {
  expect(refusal(uri).message).toContain('Databricks');
});

function refusal(uri: string): SentopsError {
  try {
    throw new Error(`taken as ${parseAddress(uri).shown}`);
  } catch (error) {
    if (error instanceof SentopsError) return error;
    throw error;
  }
}
