// The program starts here.
export {};
