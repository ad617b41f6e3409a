import fs from 'node:fs';
import path from 'node:path';
import { parseAst } from 'rolldown/parseAst';

export const root = path.resolve(import.meta.dirname, '..', '..');

/** A node of the syntax tree, as far as the health tests look at it. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly tree: SyntaxNode;
}

export interface ImportEdge {
  readonly from: string;
  /** A path in the repository for relative imports, the specifier otherwise. */
  readonly to: string;
  readonly external: boolean;
  /** `import type`, `export type … from`, or every name marked `type`. */
  readonly typeOnly: boolean;
  /** `await import()`. */
  readonly dynamic: boolean;
}

export function listFiles(folder: string, ending = ''): string[] {
  const base = path.join(root, folder);
  if (!fs.existsSync(base)) return [];
  return fs
    .readdirSync(base, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith(ending))
    .map(entry => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .filter(file => !file.includes('node_modules/'))
    .sort();
}

export function readSource(file: string): SourceFile {
  const text = fs.readFileSync(path.join(root, file), 'utf8');
  return {
    path: file,
    text,
    tree: parseAst(text, { lang: 'ts', sourceType: 'module' }, file) as unknown as SyntaxNode,
  };
}

/** Calls `visit` for every node below and including `node`. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) walk(child, visit);
    }
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string';
}

/** Every import of a file: static, re-export, dynamic and `import('…').Type`. */
export function readImports(source: SourceFile): ImportEdge[] {
  const edges: ImportEdge[] = [];
  const add = (specifier: unknown, typeOnly: boolean, dynamic: boolean) => {
    if (typeof specifier !== 'string') return;
    const external = !specifier.startsWith('.');
    const to = external ? specifier : path.posix.normalize(path.posix.join(path.posix.dirname(source.path), specifier));
    edges.push({ from: source.path, to, external, typeOnly, dynamic });
  };
  walk(source.tree, node => {
    if (node.type === 'ImportDeclaration') add(literal(node['source']), isTypeImport(node), false);
    if (node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration')
      add(literal(node['source']), node['exportKind'] === 'type', false);
    if (node.type === 'ImportExpression') add(literal(node['source']), false, true);
    if (node.type === 'TSImportType') add(literal(node['source'] ?? node['argument']), true, false);
  });
  return edges;
}

function literal(node: unknown): unknown {
  return isNode(node) ? (node['value'] ?? (isNode(node['literal']) ? node['literal']['value'] : undefined)) : undefined;
}

function isTypeImport(node: SyntaxNode): boolean {
  const specifiers = node['specifiers'] as SyntaxNode[];
  return (
    node['importKind'] === 'type' ||
    (specifiers.length > 0 && specifiers.every(specifier => specifier['importKind'] === 'type'))
  );
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
