import { describe, expect, test } from 'vitest';
import { isPage, isPageName } from '../../../../../src/lib/data/remote/fetch/page.ts';

describe('a page for people', () => {
  test.each([
    '<!DOCTYPE html>',
    '<!doctype HTML PUBLIC "-//W3C//DTD HTML 4.01//EN">',
    '<html>',
    '<HTML lang="en">',
    '\r\n\t <html>',
    '<!-- cached by proxy --><!doctype html>',
    '\ufeff<!doctype html>',
  ])('begins with %j', text => {
    expect(isPage({}, Buffer.from(text))).toBe(true);
  });

  test.each([
    'text,label\n"<html>",1',
    '<htmlish>',
    '<?xml version="1.0"?><html>',
    '<p>Great book</p>',
    'PK\u0003\u0004<html>',
    '',
    '<',
  ])('does not begin with %j', text => {
    expect(isPage({}, Buffer.from(text))).toBe(false);
  });

  test('may say so in its type alone', () => {
    expect(isPage({ 'content-type': 'text/html' }, new Uint8Array())).toBe(true);
    expect(isPage({ 'content-type': ' Application/XHTML+xml; charset=utf-8' }, new Uint8Array())).toBe(true);
    expect(isPage({ 'content-type': 'text/htmlish' }, new Uint8Array())).toBe(false);
    expect(isPage({ 'content-type': 'text/csv' }, Buffer.from('a,b'))).toBe(false);
  });

  test('is known from a chunk that is part of something larger', () => {
    const large = Buffer.from('xxxxxxxx<html>yyyy');
    expect(isPage({}, large.subarray(8))).toBe(true);
    expect(isPage({}, large.subarray(0, 8))).toBe(false);
  });
});

test.each([
  ['a.html', true],
  ['a/b.HTM', true],
  ['a.xhtml', true],
  ['a.html.zip', false],
  ['html', false],
])('%s may be a page: %j', (path, may) => {
  expect(isPageName(path)).toBe(may);
});
