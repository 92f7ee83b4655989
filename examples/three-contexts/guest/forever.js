// Never ends, and leaves no chance for anything else to.
for (;;);
