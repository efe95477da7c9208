/* How busy the machine is. */
#ifndef KESTREL_R_BUSY_H
#define KESTREL_R_BUSY_H

/* Processors that are left while other processes compute, as counted less than a tenth of a second
 * ago; INT_MAX where none does, or the system does not tell. */
int processors_free(void);

#endif
