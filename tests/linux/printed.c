/* What printf, scanf and the functions on numbers make of numbers; glibc's own code does it. */
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    static const double numbers[] = {0,    -0.0,    1.5,     0.1,          1e100,     -2.5e-7,
                                     M_PI, DBL_MAX, DBL_MIN, DBL_TRUE_MIN, 123456789, 1.0 / 3};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        double x = numbers[i];
        printf("%f %e %g %a %.17g %10.3f|%-12g|\n", x, x, x, x, x, x, x);
    }
    printf("%f %f %f\n", HUGE_VAL, -HUGE_VAL, fabs(atof("nan")));
    printf("%.20Lf %Lg\n", 1.0L / 3, LDBL_MAX);
    printf("%d %u %ld %lx %#o %08.3f %+d % d %5s|%-5s|%.2s\n", INT_MIN, UINT_MAX, LONG_MIN,
           ULONG_MAX, 511, -1.5, 7, 7, "ab", "ab", "abc");
    printf("%.15g %.15g %.15g %.15g\n", sin(1), exp(1), pow(2, 0.5), log(10));
    printf("%.15g %.15g %.15g %d\n", fmod(7, 2.5), floor(-1.5), hypot(3, 4), (int)lround(2.5));
    int n, m;
    char word[10];
    double d;
    printf("%d: ", sscanf(" 12 0x1f word 1.25e3", "%d %i %9s %lf", &n, &m, word, &d));
    printf("%d %d %s %g\n", n, m, word, d);
    for (int i = 0; i < argc; i++)
        printf("argument %d: %s\n", i, argv[i]);
    return argc;
}
