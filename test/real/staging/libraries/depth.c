/* Built three times, each linked to the one before: how deep the chain is. */
#ifdef BELOW
int BELOW(void);
int NAME(void) { return BELOW() + 1; }
#else
int NAME(void) { return 1; }
#endif
