/** A relative link to a report below; whatever the folder is called, it stays a path. */
export function linkTo(folder: string, file: string): string {
  const parts = folder.split(/[\\/]+/).filter(part => part !== '' && part !== '.' && part !== '..');
  // Brackets end a link in Markdown and are left alone by encodeURIComponent.
  const encoded = parts.map(part =>
    encodeURIComponent(part.toWellFormed()).replaceAll(/[()'!*]/g, sign => `%${sign.charCodeAt(0).toString(16)}`),
  );
  return ['.', ...encoded, file].join('/');
}
