import { describe, expect, test } from 'vitest';
import { isGoogle, parseEndpoint } from '../../../../src/lib/storage/gs/endpoint.ts';

describe('where Cloud Storage is asked', () => {
  test.each([
    ['', 'https://storage.googleapis.com', '', 443, false],
    ['  ', 'https://storage.googleapis.com', '', 443, false],
    ['127.0.0.1:4443', 'http://127.0.0.1:4443', '', 4443, true],
    ['localhost:4443', 'http://localhost:4443', '', 4443, true],
    ['http://localhost:4443/', 'http://localhost:4443', '', 4443, true],
    ['http://localhost:4443/storage/v1', 'http://localhost:4443', '', 4443, true],
    ['http://localhost:4443/storage/v1/', 'http://localhost:4443', '', 4443, true],
    ['https://gateway.example.com/gcs', 'https://gateway.example.com', '/gcs', 443, true],
    ['https://storage-vpc.p.googleapis.com', 'https://storage-vpc.p.googleapis.com', '', 443, false],
    ['http://storage.googleapis.com', 'http://storage.googleapis.com', '', 80, true],
    ['https://storage.googleapis.com.evil.example', 'https://storage.googleapis.com.evil.example', '', 443, true],
  ])('%j', (text, origin, prefix, port, foreign) => {
    expect(parseEndpoint(text)).toMatchObject({ origin, prefix, port, foreign });
  });

  test('an IPv6 address is connected to without its brackets', () => {
    expect(parseEndpoint('http://[::1]:4443')).toMatchObject({ hostname: '::1', origin: 'http://[::1]:4443' });
  });

  test.each(['ftp://host', 'http://', 'http://host:99999', 'gs://bucket'])('%s is no server', text => {
    expect(() => parseEndpoint(text)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', hint: expect.stringContaining('STORAGE_EMULATOR_HOST') }),
    );
  });

  test('only names that end in .googleapis.com are those of Google', () => {
    expect(['storage.googleapis.com', 'googleapis.com'].every(isGoogle)).toBe(true);
    expect(['xgoogleapis.com', 'googleapis.com.example'].some(isGoogle)).toBe(false);
  });
});
