import { describe, expect, it } from 'vitest';
import { isSecretKey, looksLikeCredential } from '../../../src/lib/config/credentials.ts';

/** Put together here, so that no scanner takes this file for a leak. */
const join = (...parts: readonly string[]): string => parts.join('');

describe('looksLikeCredential', () => {
  it.each([
    ['a private key', join('-----BEGIN ', 'RSA PRIVATE KEY-----\nabc')],
    ['a private key', join('-----BEGIN ', 'PRIVATE KEY-----')],
    ['a Google API key', join('AIza', 'a'.repeat(35))],
    ['a Google access token', join('ya29.', 'a0'.repeat(15))],
    ['an AWS access key', join('AKIA', 'ABCDEFGH12345678')],
    ['a GitHub token', join('ghp_', 'a1'.repeat(18))],
    ['a GitHub token', join('github_pat_', 'a1'.repeat(15))],
    ['a Slack webhook', join('https://hooks.slack', '.com/services/T000/B000/abc123')],
    ['a Slack token', join('xoxb', '-1234567890-abcdef')],
    ['a Hugging Face token', join('hf_', 'aB'.repeat(17))],
    ['a Kaggle token', join('KGAT_', '0f'.repeat(16))],
    ['a JSON web token', join('eyJ', 'hbGciOiJIUzI1NiJ9.eyJ', 'zdWIiOiIxMjM0NTYifQ.', 'abc')],
    ['a URL with a password', join('https://user', ':hunter2@host/path')],
  ])('%s', (kind, text) => {
    expect(looksLikeCredential(text)).toBe(kind);
    expect(looksLikeCredential(`in the middle ${text} of a text`)).toBe(kind);
  });

  it.each([
    '',
    'an ordinary text about tokens and passwords',
    'https://host:8080/path@v1',
    'https://user:${secret.password}@host',
    'gs://sentiment-bucket-raw/data',
    'org.apache.spark:spark-sql-kafka-0-10_2.12:3.3.0',
    'a'.repeat(32),
    'eyJust an abbreviation',
    'projects/p/secrets/slack/versions/latest',
  ])('%s is nothing of the kind', text => {
    expect(looksLikeCredential(text)).toBeUndefined();
  });

  it('a Kaggle key shows only beside its name', () => {
    const key = '0123456789abcdef'.repeat(2);
    expect(looksLikeCredential(key, 'key')).toBe('a Kaggle key');
    expect(looksLikeCredential(key, 'kaggle_key')).toBe('a Kaggle key');
    expect(looksLikeCredential(key, 'sha')).toBeUndefined();
    expect(looksLikeCredential('id', 'key')).toBeUndefined();
  });

  it('any literal is a password under that name, but for a reference and for nothing', () => {
    expect(looksLikeCredential('hunter2', 'spark.ssl.keyPassword')).toBe('a password or token');
    for (const text of ['', ' ', 'none', 'null', 'true', '***', '${env.PASSWORD}']) {
      expect(looksLikeCredential(text, 'password')).toBeUndefined();
    }
  });

  it('takes no longer than the text: a megabyte of almost-URLs is read at once', () => {
    expect(looksLikeCredential('a://b:c'.repeat(150_000))).toBeUndefined();
    expect(looksLikeCredential('-----BEGIN '.repeat(100_000))).toBeUndefined();
    expect(looksLikeCredential(`${'A '.repeat(500_000)}`, 'text')).toBeUndefined();
  });
});

describe('isSecretKey', () => {
  it.each([
    'password',
    'PASSWORD',
    'db_password',
    'sasl.password',
    'keyPassword',
    'apiKey',
    'api-key',
    'accessToken',
    'client_secret',
    'private_key',
  ])('%s', key => expect(isSecretKey(key)).toBe(true));

  it.each([
    '',
    'key',
    'authTokenFile',
    'passwords_file',
    'tokens',
    'tokenizer',
    'secretary',
    'max_tokens',
    'monkey',
    'spark.key.serializer',
  ])('not %s', key => expect(isSecretKey(key)).toBe(false));
});
