/** Brings code-server from npm where it is missing: what runs it, and the file to run. @throws Error where npm cannot bring it */
export declare function fetchCodeServer(): Promise<{ readonly node: string; readonly program: string }>;
