export interface StandInDataset {
  readonly title?: string;
  readonly license?: string;
  /** Files of each version, the oldest first. */
  readonly versions: readonly Readonly<Record<string, Uint8Array>>[];
  /** Archives instead of those made of the files. */
  readonly archives?: readonly Uint8Array[];
  /** `consent`: users have to accept its terms on the page first. */
  readonly access?: 'public' | 'private' | 'consent';
  /** The one who may read a private dataset. */
  readonly reader?: string;
}

/** What goes wrong; the numbers count down. Change them between requests. */
export interface Faults {
  /** Each of the next downloads breaks after so many bytes. */
  cutAfter: number[];
  /** So many of the next calls are refused as too many. */
  tooMany: number;
  retryAfter: string | undefined;
  /** So many of the next calls are answered with 503. */
  unavailable: number;
  /** So many of the next links have expired when they are used. */
  expiredLinks: number;
  /** Bytes more than there are in what Content-Length says. */
  lie: number;
  /** A page to log in instead of the file. */
  loginPage: boolean;
  ranges: boolean;
  etag: boolean;
  lastModified: boolean;
  /** Only the calls of the present protocol, or only the paths of the old one. */
  protocol: 'both' | 'calls' | 'paths';
  /** Descriptions are for users only. */
  shyDescriptions: boolean;
  /** Files come from the server that was asked, without a redirect. */
  direct: boolean;
  /** Single files come packed, as large ones do. */
  packed: boolean;
  bytesPerSecond: number;
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly host: string | undefined;
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
  /** Bytes of files that went out as its answer. */
  sent: number;
}

export interface KaggleStandIn {
  /** For KAGGLE_API_ENDPOINT. */
  readonly url: string;
  /** The origin of the signed links. */
  readonly store: string;
  /** With these the kaggle tool talks to the stand-in and to nobody else. */
  readonly cliEnv: Readonly<Record<string, string>>;
  readonly faults: Faults;
  readonly seen: readonly Seen[];
  /** Requests for bytes of files, in their order. */
  readonly downloads: readonly Seen[];
  archive(ref: string, version?: number): Buffer;
  /** Adds a version to a dataset. */
  publish(ref: string, files: Readonly<Record<string, Uint8Array>>): void;
  /** From now on this token is answered with 401. */
  expire(token: string): void;
  close(): Promise<void>;
}

export interface StandInUsers {
  /** Keys by user name. */
  readonly keys?: Readonly<Record<string, string>>;
  /** User names by token. */
  readonly tokens?: Readonly<Record<string, string>>;
  /** What a login of the tool gives a new token for: tokens by refresh token. */
  readonly logins?: Readonly<Record<string, string>>;
}
