export declare const FLUME_VERSION: string;
/** Fetches the jars where they are missing. @returns the folder of the jars. @throws where Java or Maven is missing */
export declare function fetchFlume(): Promise<string>;
