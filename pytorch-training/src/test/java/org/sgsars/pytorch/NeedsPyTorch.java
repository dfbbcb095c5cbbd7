package org.sgsars.pytorch;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;

/** Skips tests where there is no native library of PyTorch. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(
    value = "org.sgsars.pytorch.NativePlatformTest#isLibraryHere",
    disabledReason = "needs PyTorch's native library: " + NativePlatform.ALLOWED)
@interface NeedsPyTorch {}
