export declare function hooksRepository(): ReadonlyMap<string, string>;
