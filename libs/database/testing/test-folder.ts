/** Where the workers of one run find each other's server: set by the global setup. */
export const TEST_FOLDER_VARIABLE = 'TOCSIN_TEST_POSTGRES_FOLDER';
