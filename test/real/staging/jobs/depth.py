import chain

print(chain.depth())
