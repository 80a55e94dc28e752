int pressure(void) { return 1013; }
